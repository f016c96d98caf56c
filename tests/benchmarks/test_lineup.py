"""The contenders: the line-up, and the other archives of this project that a run adds."""

import shutil
from pathlib import Path

import pytest

from archive.build import is_current
from archive.inputs import REPOSITORY, ArchiveInputs
from archive.plan import Quantize
from benchmarks.comparison.turns import Reference
from benchmarks.contenders import bare
from benchmarks.contenders import own_models as module
from benchmarks.contenders.contender import Role
from benchmarks.contenders.lineup import CONTENDERS, choose_contenders
from benchmarks.contenders.own_models import OwnModel, own_contenders, own_models
from benchmarks.errors import BenchmarkError
from goemotions.errors import ModelFolderError
from service.waiting import wait_until

MAKEFILE = (REPOSITORY / "Makefile").read_text()
DOCUMENT = (REPOSITORY / "docs" / "serving-options.md").read_text()
MODEL = Path("model")


def test_each_contender_has_a_key_of_its_own_and_one_of_them_is_this_service():
    keys = [each.key for each in CONTENDERS]
    assert len(set(keys)) == len(keys)
    assert [each.key for each in CONTENDERS if each.role is Role.OURS] == ["service"]


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda each: each.key)
def test_each_contender_is_in_the_document_and_its_environment_in_the_makefile(contender):
    assert contender.name in DOCUMENT
    if name := contender.environment:
        assert f".bench/.{name}" in MAKEFILE
        assert (REPOSITORY / "requirements" / f"bench-{name}.txt").is_file()


def test_the_contenders_named_are_taken_in_the_order_of_the_line_up_and_others_refused():
    assert [each.key for each in choose_contenders(["flask", "service"])] == ["service", "flask"]
    assert choose_contenders(None) == list(CONTENDERS)
    words = "no contender is called triton; known are service, flask,"
    with pytest.raises(BenchmarkError, match=words):
        choose_contenders(["triton"])


@pytest.mark.parametrize(
    ("others", "also_float32", "keys"),
    [
        ([], False, []),
        (["runs/student"], False, ["student"]),
        (["runs/student"], True, ["student", "model-float32", "student-float32"]),
    ],
)
def test_each_model_comes_in_float32_too_if_that_is_asked_for(others, also_float32, keys):
    models = own_models(MODEL, [Path(each) for each in others], also_float32=also_float32)
    assert [model.key for model in models] == keys


def test_two_models_of_one_name_are_refused():
    with pytest.raises(BenchmarkError, match="two models are called student"):
        own_models(MODEL, [Path("a/student"), Path("b/student")], also_float32=False)


@pytest.mark.weights
def test_an_archive_that_is_up_to_date_is_used_again(tmp_path, archive):
    model = OwnModel(REPOSITORY / "model", Quantize.AUTO)
    made = tmp_path / "archives" / "model.mar"
    made.parent.mkdir()
    for suffix in ("", ".sha256", ".inputs"):  # the session's own, so that none is built here
        shutil.copy(archive.with_name(archive.name + suffix), made.with_name(made.name + suffix))
    before = made.stat().st_mtime_ns
    (contender,) = own_contenders([model], made.parent, print)
    assert (contender.key, contender.role, contender.archive) == ("service-model", Role.OURS, made)
    assert is_current(made, ArchiveInputs.find(model.folder))
    assert made.stat().st_mtime_ns == before


def test_a_model_in_float32_gets_its_own_ceiling(monkeypatch, tmp_path):
    built = []
    monkeypatch.setattr(module.ArchiveInputs, "find", lambda folder, quantize: (folder, quantize))
    monkeypatch.setattr(module, "is_current", lambda archive, inputs: False)
    monkeypatch.setattr(module, "build_archive", lambda inputs, archive, **_: built.append(archive))
    models = own_models(Path("student"), [Path("other")], also_float32=False)
    models.append(OwnModel(Path("student"), Quantize.NONE))
    other, student, ceiling = own_contenders(models, tmp_path, print)
    assert built == [tmp_path / "other.mar", tmp_path / "student-float32.mar"]
    assert [other.key, student.key] == ["service-other", "service-student-float32"]
    assert (ceiling.key, ceiling.name) == (
        "bare-service-student-float32",
        "bare encoder, student-float32",
    )
    assert (ceiling.role, ceiling.archive) == (Role.LIMIT, student.archive)


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(ModelFolderError, match=r"no config\.json, model\.safetensors"):
        own_contenders([OwnModel(tmp_path, Quantize.NONE)], tmp_path / "archives", print)


@pytest.mark.weights
def test_the_bare_encoder_answers_as_its_reference_and_leaves_no_process(real_setup):
    reference = Reference.of(real_setup)
    assert len(reference.comments) == 100
    with bare.launch(real_setup, {}) as running:
        assert reference.agreement(running) == 1
        processes = running.processes()
        assert len(processes) == real_setup.cores
        found = running.measure(clients=4, seconds=1)
        assert found.clients == 4
        assert found.comments > 0
    assert wait_until(lambda: not any(each.is_running() for each in processes), 30)
