import json

import pytest

from goemotions.calibration import Calibration
from goemotions.errors import ModelFolderError
from goemotions.model_info import ModelInfo
from goemotions.taxonomy import SOURCE_LABELS, Taxonomy

SECTION = {
    "version": "1.2.3",
    "max_tokens": 64,
    "log_temperature": {"served": [0.5, -1, 1.5], "original": [0.25]},
    "quality": {"dev": {"hit_rate": 0.5}},
}


def write(tmp_path, *, labels=SOURCE_LABELS, section=SECTION):
    names = {str(i): label for i, label in enumerate(labels)}
    config = {"model_type": "bert", "id2label": names, "goemotions": section}
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    return file


def test_a_models_own_words_are_read(tmp_path):
    assert ModelInfo.load(write(tmp_path)) == ModelInfo(
        version="1.2.3",
        architecture="bert",
        max_tokens=64,
        calibration={
            Taxonomy.SERVED: Calibration(0.5, -1.0, 1.5),
            Taxonomy.ORIGINAL: Calibration(0.25),
        },
        quality={"dev": {"hit_rate": 0.5}},
    )


@pytest.mark.parametrize("labels", [(), SOURCE_LABELS[:-1], SOURCE_LABELS[::-1]])
def test_other_labels_than_the_source_labels_in_order_are_refused(tmp_path, labels):
    with pytest.raises(ModelFolderError, match="id2label must be the 28 source labels"):
        ModelInfo.load(write(tmp_path, labels=labels))


def test_a_configuration_without_an_architecture_is_refused(tmp_path):
    file = write(tmp_path)
    file.write_text(file.read_text().replace("model_type", "kind"))
    with pytest.raises(ModelFolderError, match="names no model_type"):
        ModelInfo.load(file)


@pytest.mark.parametrize("missing", SECTION)
def test_a_missing_entry_is_named(tmp_path, missing):
    section = {key: value for key, value in SECTION.items() if key != missing}
    with pytest.raises(ModelFolderError, match=missing):
        ModelInfo.load(write(tmp_path, section=section))


@pytest.mark.parametrize("value", [[], [0, 0, 0, 0], [float("nan")], [0, float("inf")]])
def test_a_calibration_of_other_than_1_to_3_finite_numbers_is_refused(tmp_path, value):
    section = SECTION | {"log_temperature": {"served": value, "original": [0]}}
    with pytest.raises(ModelFolderError, match=r"log_temperature\.served"):
        ModelInfo.load(write(tmp_path, section=section))
