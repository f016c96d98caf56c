"""What other calibrations would do for the scores: fitted and judged on dev, by cross-validation.

Each takes the served scores as they are and changes them further, so that the first row says what
is served, and a row that is not clearly better says that there is nothing to gain.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold
from torch import Tensor

from evaluation.calibration_fit import expected_calibration_error, fit_temperature
from evaluation.quality_report.intervals import SEED
from evaluation.quality_report.scored import Scored
from goemotions.calibration import softmax

_FOLDS: Final = 5
_STEPS: Final = 50
# Of the squared parameters of each label: those with a few comments would go where these say.
_PENALTY: Final = 1e-3

Apply = Callable[[Tensor, Tensor], Tensor]


def _one_temperature(logits: Tensor, parameters: Tensor) -> Tensor:
    return logits * parameters[0].exp()


def _by_top_score(logits: Tensor, parameters: Tensor) -> Tensor:
    return _sharpened(logits, logits.softmax(1).amax(1, keepdim=True), parameters)


def _by_entropy(logits: Tensor, parameters: Tensor) -> Tensor:
    chances = logits.softmax(1)
    entropy = -(chances * chances.clamp_min(1e-12).log()).sum(1, keepdim=True)
    return _sharpened(logits, entropy / np.log(logits.shape[1]), parameters)


def _sharpened(logits: Tensor, certainty: Tensor, parameters: Tensor) -> Tensor:
    """Logits over a temperature that is a parabola's of ``certainty`` ``(comments, 1)``."""
    constant, slope, bend = parameters.unbind()
    sharpening: Tensor = (constant + slope * certainty + bend * certainty**2).exp()
    return logits * sharpening


def _by_answer(logits: Tensor, parameters: Tensor) -> Tensor:
    return logits * parameters[logits.argmax(1)].exp().unsqueeze(1)


def _vector(logits: Tensor, parameters: Tensor) -> Tensor:
    scales, shifts = parameters.chunk(2)
    return logits * scales.exp() + shifts


@dataclass(frozen=True, slots=True)
class Method:
    """A way to change logits ``(comments, labels)``; ``parameters`` of 0 leave them as they are.

    ``keeps_answers``  whether no answer can change; such a one is fitted to the log loss of "the
    answer is a gold label", another to the cross-entropy over all labels. ``penalty`` is on the
    sum of the squared parameters.
    """

    name: str
    parameters: Callable[[int], int]
    apply: Apply
    keeps_answers: bool = True
    penalty: float = 0.0


METHODS: Final = (
    Method("one temperature, fitted anew", lambda _: 1, _one_temperature),
    Method("a temperature by the highest score", lambda _: 3, _by_top_score),
    Method("a temperature by the scores' entropy", lambda _: 3, _by_entropy),
    Method("a temperature for each answer", lambda labels: labels, _by_answer, penalty=_PENALTY),
    Method(
        "a scale and a shift for each label",
        lambda labels: 2 * labels,
        _vector,
        keeps_answers=False,
        penalty=_PENALTY,
    ),
)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What scores on dev come to that a method gave to comments it was not fitted on."""

    name: str
    parameters: int
    hit_rate: float
    error: float
    log_loss: float

    @classmethod
    def of(cls, name: str, parameters: int, scored: Scored) -> Self:
        """The figures of ``scored``."""
        return cls(
            name=name,
            parameters=parameters,
            hit_rate=float(scored.hits.mean()),
            error=expected_calibration_error(scored.top_scores, scored.hits),
            log_loss=float(log_loss(scored.hits, scored.top_scores, labels=[False, True])),
        )


def compare_calibrations(dev: Scored) -> tuple[Calibrated, ...]:
    """The served scores of dev, then each of ``METHODS`` on top of them, five-fold."""
    labels = len(dev.labels)
    return (
        Calibrated.of("as served", 0, dev),
        *(
            Calibrated.of(method.name, method.parameters(labels), held_out(method, dev))
            for method in METHODS
        ),
    )


def held_out(method: Method, scored: Scored) -> Scored:
    """``scored`` with scores that the method, fitted on four fifths, gives to the other one."""
    logits = np.log(scored.scores.clip(min=1e-12)).astype(np.float32)
    scores = np.empty_like(scored.scores)
    for rest, fifth in KFold(_FOLDS, shuffle=True, random_state=SEED).split(logits):
        parameters = _fit(method, logits[rest], scored.gold[rest])
        temperature = fit_temperature(_apply(method, logits[rest], parameters), scored.gold[rest])
        scores[fifth] = softmax(_apply(method, logits[fifth], parameters), temperature)
    return Scored(scored.taxonomy, scores, scored.gold)


def _fit(method: Method, logits: NDArray[np.float32], gold: NDArray[np.bool_]) -> Tensor:
    inputs = torch.from_numpy(logits).double()
    targets = torch.from_numpy(gold)
    parameters = torch.zeros(
        method.parameters(logits.shape[1]), dtype=torch.float64, requires_grad=True
    )
    optimizer = torch.optim.LBFGS([parameters], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        changed = method.apply(inputs, parameters).log_softmax(1)
        loss = (
            _hit_loss(changed, targets) if method.keeps_answers else _split_loss(changed, targets)
        )
        loss = loss + method.penalty * parameters.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return parameters.detach()


def _apply(method: Method, logits: NDArray[np.float32], parameters: Tensor) -> NDArray[np.float32]:
    changed: NDArray[np.float32] = method.apply(
        torch.from_numpy(logits), parameters.float()
    ).numpy()
    return changed


def _hit_loss(log_chances: Tensor, gold: Tensor) -> Tensor:
    top, answers = log_chances.max(1)
    hits = gold.gather(1, answers.unsqueeze(1)).squeeze(1)
    misses = (-top.exp()).clamp_min(-1 + 1e-12).log1p()
    return -torch.where(hits, top, misses).mean()


def _split_loss(log_chances: Tensor, gold: Tensor) -> Tensor:
    targets = gold.double() / gold.sum(1, keepdim=True)
    return -(targets * log_chances).sum(1).mean()
