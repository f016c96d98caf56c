"""The text of the model card: ``model_card.md``, filled with records and measurements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from huggingface_hub import EvalResult, ModelCard, ModelCardData
from numpy.typing import NDArray
from transformers import PreTrainedModel

from archive.quantization_cost import LARGEST_LOSS, loss_of
from evaluation.accuracy import Accuracy, measure_accuracy
from evaluation.behaviour.measuring import Behaviour, all_flips, flips_by_capability
from evaluation.behaviour.report import rows_of
from evaluation.dataset import HUB_CONFIG, HUB_NAME, Comment
from evaluation.formats import figure, p_value, points, with_error
from evaluation.gold import folded_gold
from evaluation.quality import ModelQuality, SplitQuality, find_unseen
from goemotions.quantization import Quantization
from goemotions.taxonomy import GROUPS, LABELS, SOURCE_LABELS, Taxonomy, fold
from training.card.figures import measure_teachers, slices_of_test
from training.run import Run, read_json

_TEMPLATE: Final = Path(__file__).with_name("model_card.md")
_BASE_MODEL: Final = "sentence-transformers/all-MiniLM-L6-v2"
_HUB_TEST_COMMENTS: Final = 5427
_HUB_SPLIT: Final = {"dev": "validation", "test": "test"}


@dataclass(frozen=True, slots=True)
class CardFigures:
    """The measurements of the written weights: quality, the cost of int8, behaviour."""

    measured: ModelQuality
    quantization: Quantization
    behaviour: Behaviour


def render_card(
    run: Run,
    model_version: str,
    written: PreTrainedModel,
    figures: CardFigures,
    comments: Mapping[str, Sequence[Comment]],
    remark: str,
) -> str:
    """The text of the card of a finished run.

    ``written`` is the model as it was written, ``figures`` are its measurements.
    """
    measured, behaviour = figures.measured, figures.behaviour
    settings = run.finished_settings()
    card = ModelCard.from_template(
        _card_data(measured),
        template_path=str(_TEMPLATE),
        version=model_version,
        remark=remark,
        record=read_json(run.record_file),
        settings=settings,
        config=written.config,
        quantization=figures.quantization,
        largest_loss=LARGEST_LOSS,
        loss_of=loss_of,
        parameters=written.num_parameters(),
        teachers=measure_teachers(settings.scores, comments["dev"]),
        slices=slices_of_test(measured, comments["test"]),
        behaviour=rows_of(behaviour),
        flips=all_flips(behaviour),
        flips_by_capability=flips_by_capability(behaviour),
        epochs=list(read_json(run.dev_file).values()),
        groups=GROUPS,
        calibration={taxonomy.value: c for taxonomy, c in measured.calibration.items()},
        quality={t.value: by_split for t, by_split in measured.quality.items()},
        unseen=_unseen_quality(measured, comments),
        unpredicted=_unpredicted(measured.logits["dev"]),
        hub_test_comments=_HUB_TEST_COMMENTS,
        always_neutral=_always_neutral(comments["test"]),
        accuracy=_accuracy(measured.logits["test"], comments["test"]),
        figure=figure,
        p_value=p_value,
        points=points,
        with_error=with_error,
        base_model=_BASE_MODEL,
        hub_name=HUB_NAME,
        hub_config=HUB_CONFIG,
    )
    return f"{str(card).rstrip()}\n"


def _card_data(measured: ModelQuality) -> ModelCardData:
    return ModelCardData(
        language="en",
        license="apache-2.0",
        library_name="transformers",
        pipeline_tag="text-classification",
        base_model=_BASE_MODEL,
        datasets=[HUB_NAME],
        model_name="goemotions",
        eval_results=[
            EvalResult(
                task_type="text-classification",
                dataset_type=HUB_NAME,
                dataset_name="GoEmotions",
                dataset_config=HUB_CONFIG,
                dataset_split=_HUB_SPLIT[split],
                metric_type="accuracy",
                metric_name=f"hit rate over 14 labels ({quality.hits.of} comments)",
                metric_value=round(quality.hits.rate, 4),
            )
            for split, quality in measured.quality[Taxonomy.SERVED].items()
        ],
    )


def _unseen_quality(
    measured: ModelQuality, comments: Mapping[str, Sequence[Comment]]
) -> dict[str, SplitQuality]:
    """By split: the quality on comments whose text is not in train, if any."""
    unseen = {}
    for split, logits in measured.logits.items():
        rows = np.flatnonzero(find_unseen(comments[split], comments["train"])).tolist()
        if not rows:
            continue
        unseen[split] = SplitQuality.of(
            Taxonomy.SERVED,
            logits[rows],
            [comments[split][row] for row in rows],
            measured.calibration[Taxonomy.SERVED],
        )
    return unseen


def _unpredicted(logits: NDArray[np.float32]) -> list[str]:
    """The source labels that are not the most probable one of any comment."""
    predicted = set(logits.argmax(axis=1).tolist())
    return [label for index, label in enumerate(SOURCE_LABELS) if index not in predicted]


def _always_neutral(comments: Sequence[Comment]) -> float:
    return float(folded_gold(comments)[:, LABELS.index("neutral")].mean())


def _accuracy(logits: NDArray[np.float32], comments: Sequence[Comment]) -> Accuracy:
    return measure_accuracy(folded_gold(comments), fold(logits).argmax(axis=1))
