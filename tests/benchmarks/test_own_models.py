"""Which archives of this project a run adds, and that they are built once."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from archive.build import is_current
from archive.inputs import REPOSITORY, ArchiveInputs, ModelFolderError
from archive.plan import Quantize
from benchmarks.console import Progress
from benchmarks.contender import Role
from benchmarks.contenders import CONTENDERS
from benchmarks.errors import BenchmarkError
from benchmarks.own_models import OwnModel, bare_in_float32, contenders_of, own_models

MODEL = Path("model")


def keys_of(models):
    return [model.key for model in models]


def test_without_an_option_there_is_no_other_archive():
    assert own_models(MODEL, [], also_float32=False) == []


def test_each_model_comes_in_float32_too_where_that_is_asked_for():
    student = Path("runs/student")
    assert keys_of(own_models(MODEL, [student], also_float32=False)) == ["student"]
    assert keys_of(own_models(MODEL, [student], also_float32=True)) == [
        *("student", "model-float32", "student-float32")
    ]


def test_two_models_of_one_name_are_refused():
    with pytest.raises(BenchmarkError, match="two models are called student"):
        own_models(MODEL, [Path("a/student"), Path("b/student")], also_float32=False)


def test_an_archive_is_built_where_there_is_none_and_used_again_after(tmp_path, archive):
    model = OwnModel(REPOSITORY / "model", Quantize.AUTO)
    inputs = ArchiveInputs.find(model.folder)
    made = tmp_path / "archives" / "model.mar"
    made.parent.mkdir()
    for suffix in ("", ".sha256", ".inputs"):  # the session's own, so that none is built here
        shutil.copy(archive.with_name(archive.name + suffix), made.with_name(made.name + suffix))
    before = made.stat().st_mtime_ns
    (contender,) = contenders_of([model], made.parent, Progress())
    assert contender.archive == made
    assert contender.role is Role.OURS
    assert contender.key == "service-model"
    assert is_current(made, inputs)
    assert made.stat().st_mtime_ns == before


def test_what_is_in_float32_gets_its_own_ceiling():
    models = own_models(Path("student"), [Path("other")], also_float32=False)
    models.append(OwnModel(Path("student"), Quantize.NONE))
    own = [
        dataclasses.replace(
            CONTENDERS[0], key=f"service-{model.key}", archive=Path(f"{model.key}.mar")
        )
        for model in models
    ]
    (bare,) = bare_in_float32(models, own)
    assert (bare.key, bare.name) == (
        "bare-service-student-float32",
        "bare encoder, student-float32",
    )
    assert (bare.role, bare.archive) == (Role.LIMIT, Path("student-float32.mar"))


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(ModelFolderError, match=r"no config\.json, model\.safetensors"):
        contenders_of([OwnModel(tmp_path, Quantize.NONE)], tmp_path / "archives", Progress())
