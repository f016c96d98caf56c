"""A run learns, stops with a checkpoint, and goes on as if it had not been stopped."""

import dataclasses
import json
import signal

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import training.loop.comment_trainer
from evaluation.gold import find_hits, folded_gold
from goemotions.taxonomy import fold
from training.errors import RunFolderError
from training.run import Run
from training.train import train

pytestmark = pytest.mark.weights


@pytest.fixture
def stop_after(monkeypatch):
    """Sends SIGINT to this process during a step, as Ctrl-C does."""

    def set_up(steps):
        loss, taken = training.loop.comment_trainer.compute_loss, []

        def loss_and_signal(*arguments):
            taken.append(1)
            if len(taken) == steps:
                signal.raise_signal(signal.SIGINT)
            return loss(*arguments)

        monkeypatch.setattr(training.loop.comment_trainer, "compute_loss", loss_and_signal)

    return set_up


def test_a_few_comments_are_learnt_by_heart(settings, data, tmp_path, console):
    run = Run(tmp_path / "run")
    patient = dataclasses.replace(
        settings, epochs=10, batch_size=4, learning_rate=3e-3, checkpoint_steps=1000
    )
    often = dataclasses.replace(data, train=[*data.train] * 4)
    assert train(patient, often, run, console)
    rates = [
        entry["hit_rate"]["largest"] for entry in json.loads(run.dev_file.read_text()).values()
    ]
    assert rates[0] < max(rates) == 1.0


def test_the_same_settings_give_the_same_weights(trained, settings, data, tmp_path, console):
    again = Run(tmp_path / "again")
    train(settings, data, again, console)
    assert_same_weights(trained, again)


@pytest.mark.parametrize(
    "levers",
    [
        {"loss": "sigmoid"},
        {"target": "served"},
        {"target": "both", "schedule": "cosine"},
        {"pooling": "mean"},
        {"consistency": 1.0},
        {"layer_decay": 0.5},
        {"name_share": 1.0},
        {"emoji": "kept", "masks": "spelled"},
        {"layers": 1},
    ],
    ids="-".join,
)
def test_each_lever_trains_and_gives_weights_of_its_own(
    *, trained, settings, data, tmp_path, console, levers
):
    pulled = Run(tmp_path / "pulled")
    assert train(dataclasses.replace(settings, **levers), data, pulled, console)
    weights = [load_file(run.last_checkpoint() / "model.safetensors") for run in (trained, pulled)]
    assert any(not weights[0][name].equal(weights[1][name]) for name in weights[1])


def test_the_logits_on_dev_are_kept_for_each_epoch_and_kind(trained, data):
    gold = folded_gold(data.dev)
    for name, entry in json.loads(trained.dev_file.read_text()).items():
        logits = np.load(trained.dev_logits_file(entry["epoch"], entry["weights"]))
        assert find_hits(fold(logits), gold).mean() == entry["hit_rate"]["sum"], name


@pytest.mark.parametrize("steps", [1, 5, 8], ids=["at-once", "in-an-epoch", "at-an-epochs-end"])
def test_an_interrupted_run_goes_on_to_the_same_weights(
    *, trained, settings, data, tmp_path, console, stop_after, monkeypatch, steps
):
    halves = Run(tmp_path / "halves")
    with monkeypatch.context():
        stop_after(steps)
        assert not train(settings, data, halves, console)
        assert halves.last_checkpoint().name == f"checkpoint-{steps}"
    monkeypatch.undo()
    assert train(settings, data, halves, console)
    assert_same_weights(trained, halves)
    assert json.loads(halves.dev_file.read_text()) == json.loads(trained.dev_file.read_text())


def assert_same_weights(one, other):
    for file in ("model.safetensors", "average.safetensors"):
        weights = [load_file(run.last_checkpoint() / file) for run in (one, other)]
        assert weights[0].keys() == weights[1].keys()
        for name, tensor in weights[0].items():
            torch.testing.assert_close(tensor, weights[1][name], msg=f"{file}: {name}")
    best = [load_file(run.best_weights) for run in (one, other)]
    for name, tensor in best[0].items():
        torch.testing.assert_close(tensor, best[1][name], msg=f"best: {name}")


def test_the_signal_handlers_are_as_before_after_a_run(copied, settings, data, console):
    before = signal.getsignal(signal.SIGINT)
    train(settings, data, copied, console)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_finished_run_is_not_trained_again(copied, settings, data, console):
    def times():
        return copied.best_weights.stat().st_mtime_ns, copied.last_checkpoint().stat().st_mtime_ns

    written = times()
    assert train(settings, data, copied, console)
    assert times() == written


def test_an_incomplete_checkpoint_is_passed_over(copied):
    complete = copied.last_checkpoint()
    (copied.checkpoints / "checkpoint-99999").mkdir()
    assert copied.last_checkpoint() == complete


def test_a_run_with_other_settings_is_not_gone_on_with(settings, data, tmp_path, console):
    run = Run(tmp_path / "run")
    run.open(settings)
    with pytest.raises(RunFolderError, match=r"epochs: 3 -> 4.*--fresh.*--run"):
        train(dataclasses.replace(settings, epochs=4), data, run, console)


def test_a_run_on_other_data_is_not_gone_on_with(copied, settings, data, console):
    with pytest.raises(RunFolderError, match=r"other data.*--fresh"):
        train(settings, dataclasses.replace(data, train=data.train[1:]), copied, console)


def test_a_folder_that_is_no_run_is_not_removed(tmp_path):
    (tmp_path / "thesis.txt").write_text("irreplaceable", encoding="utf-8")
    with pytest.raises(RunFolderError, match="not a training run"):
        Run(tmp_path).remove()
    assert (tmp_path / "thesis.txt").exists()


def test_the_record_says_how_the_run_was_made(trained, data):
    record = json.loads(trained.record_file.read_text())
    assert record["finished"] is True
    assert record["seconds"] > 0
    assert record["precision"] == "fp32"
    assert record["data"]["train"]["comments"] == len(data.train)
    assert record["versions"]["torch"] == torch.__version__
