"""The text of the model card: ``model_card.md``, filled with records and measurements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from huggingface_hub import EvalResult, ModelCard, ModelCardData
from transformers import PreTrainedModel

from archive.quantization_cost import LARGEST_LOSS, loss_of
from evaluation.accuracy import measure_accuracy
from evaluation.behaviour.measuring import Behaviour, all_flips, flips_by_capability
from evaluation.behaviour.report import rows_of
from evaluation.dataset import HUB_CONFIG, HUB_NAME, HUB_TEST_COMMENTS, Comment
from evaluation.formats import FILTERS
from evaluation.gold import find_hits, fold_probabilities, folded_gold
from evaluation.quality import ModelQuality, SplitQuality, find_unseen, in_taxonomy
from evaluation.quality_report.scored import Scored
from evaluation.quality_report.slices import Slice, measure_slices
from goemotions.quantization import Quantization
from goemotions.taxonomy import GROUPS, LABELS, SOURCE_LABELS, Taxonomy, fold
from training.run import Run, read_json
from training.teaching.teachers import TeacherScores, teacher_files

Comments = Mapping[str, Sequence[Comment]]

_TEMPLATE: Final = Path(__file__).with_name("model_card.md")
_BASE_MODEL: Final = "sentence-transformers/all-MiniLM-L6-v2"
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
    comments: Comments,
    remark: str,
) -> str:
    """The text of the card of a finished run.

    ``written`` is the model as it was written, ``figures`` are its measurements. Raises
    ``ScoresError`` if a teacher's file can't be read, or is of other comments.
    """
    measured, behaviour = figures.measured, figures.behaviour
    settings = run.finished_settings()
    gold = folded_gold(comments["test"])
    predicted = {*measured.logits["dev"].argmax(axis=1).tolist()}
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
        teachers=_hit_rates_of_teachers(settings.scores, comments["dev"]),
        slices=_slices_of_test(measured, comments["test"]),
        behaviour=rows_of(behaviour),
        flips=all_flips(behaviour),
        flips_by_capability=flips_by_capability(behaviour),
        epochs=list(read_json(run.dev_file).values()),
        groups=GROUPS,
        calibration={taxonomy.value: c for taxonomy, c in measured.calibration.items()},
        quality={t.value: by_split for t, by_split in measured.quality.items()},
        unseen=_unseen_quality(measured, comments),
        # No comment of dev has one of these for its most probable label.
        unpredicted=[label for row, label in enumerate(SOURCE_LABELS) if row not in predicted],
        hub_test_comments=HUB_TEST_COMMENTS,
        always_neutral=gold[:, LABELS.index("neutral")].mean(),
        accuracy=measure_accuracy(gold, fold(measured.logits["test"]).argmax(axis=1)),
        base_model=_BASE_MODEL,
        hub_name=HUB_NAME,
        hub_config=HUB_CONFIG,
        **FILTERS,  # type: ignore[arg-type]
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


def _hit_rates_of_teachers(files: str, dev: Sequence[Comment]) -> dict[str, float]:
    """By file's name, over the 14 labels on dev, 0 to 1; of several teachers, also their mean's."""
    probabilities = {
        Path(file).stem: TeacherScores.load(Path(file)).probabilities("dev", dev)
        for file in teacher_files(files)
    }
    if len(probabilities) > 1:
        probabilities["their mean"] = np.mean(list(probabilities.values()), axis=0)
    gold = folded_gold(dev)
    return {
        name: float(find_hits(fold_probabilities(each), gold).mean())
        for name, each in probabilities.items()
    }


def _slices_of_test(measured: ModelQuality, test: Sequence[Comment]) -> tuple[Slice, ...]:
    """The kinds of comments that test has, measured over the served labels."""
    logits, gold = in_taxonomy(Taxonomy.SERVED, measured.logits["test"], test)
    scores = measured.calibration[Taxonomy.SERVED].probabilities(logits)
    return measure_slices(Scored(Taxonomy.SERVED, scores, gold), test)


def _unseen_quality(measured: ModelQuality, comments: Comments) -> dict[str, SplitQuality]:
    """By split: the quality on comments whose text is not in train, if any."""
    unseen = {}
    for split, logits in measured.logits.items():
        rows = np.flatnonzero(find_unseen(comments[split], comments["train"])).tolist()
        if rows:
            unseen[split] = SplitQuality.of(
                Taxonomy.SERVED,
                logits[rows],
                [comments[split][row] for row in rows],
                measured.calibration[Taxonomy.SERVED],
            )
    return unseen
