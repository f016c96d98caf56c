"""The scores of a finished run's best weights, for other models to learn from."""

from collections.abc import Mapping, Sequence
from typing import Final

from safetensors.torch import load_file

from evaluation.calibration_fit import fit_temperature
from evaluation.dataset import Comment, fingerprint
from evaluation.gold import source_gold
from goemotions.tokens import CommentTokenizer
from training.base_encoder import build_classifier, classifier_config, find_base_encoder
from training.errors import ScoresError
from training.logits import comment_logits, has_bf16
from training.preparation import PREPARATIONS
from training.run import Run
from training.teaching.teachers import TeacherScores

# Test is not among them: whoever learns from these scores must not have seen it.
TAUGHT_SPLITS: Final = ("train", "dev")


def score(run: Run, comments: Mapping[str, Sequence[Comment]]) -> TeacherScores:
    """The logits of the run's best weights on train and dev, and their temperature.

    Raises ``RunFolderError`` if the run is not finished, and ``ScoresError`` if it was trained
    with the sigmoid loss, whose logits are no distribution's.
    """
    settings = run.finished_settings()
    if settings.loss != "softmax":
        raise ScoresError(f"{run.folder} was trained with the sigmoid loss; teach by a softmax one")
    config = classifier_config(find_base_encoder(settings.base_encoder), settings.layers)
    model = build_classifier(config, load_file(run.best_weights))
    tokenizer = CommentTokenizer(
        run.tokenizer_folder / "tokenizer.json", settings.max_tokens, PREPARATIONS[settings.emoji]
    )
    logits = {
        split: comment_logits(
            model,
            tokenizer,
            comments[split],
            pooling=settings.pooling,
            bf16=has_bf16(settings.precision),
        )
        for split in TAUGHT_SPLITS
    }
    return TeacherScores(
        logits=logits,
        temperature=fit_temperature(logits["dev"], source_gold(comments["dev"])),
        data={split: fingerprint(comments[split]) for split in TAUGHT_SPLITS},
    )
