"""The TorchServe that the environment names."""

from pathlib import Path

import pytest

from service.instance import Instance, default_workers
from service.variables import VariableError


def test_the_defaults_are_those_of_the_contract():
    instance = Instance.from_env({})
    assert instance == Instance(
        inference_port=8080,
        management_port=8081,
        metrics_port=8082,
        grpc_inference_port=7070,
        grpc_management_port=7071,
        log_dir=Path("logs"),
        workers=default_workers(),
        model=Path("model"),
    )
    assert instance.prediction_url == "http://127.0.0.1:8080/predictions/goemotions"
    assert instance.management_url == "http://127.0.0.1:8081"
    assert instance.metrics_url == "http://127.0.0.1:8082/metrics"


def test_an_empty_variable_is_an_unset_one():
    names = [*Instance.from_env({}).to_env()]
    assert Instance.from_env(dict.fromkeys(names, "")) == Instance.from_env({})


def test_an_instance_is_read_again_from_the_variables_that_it_gives(tmp_path):
    env = {"INFERENCE_PORT": "9080", "LOG_DIR": str(tmp_path), "WORKERS": "3", "MODEL": "/model"}
    instance = Instance.from_env(env)
    assert Instance.from_env(instance.to_env()) == instance


@pytest.mark.parametrize("value", ["0", "65535", "-1", "http", "80.5", " 80", "٨٠"])
def test_what_is_no_port_is_refused_with_its_variable(value):
    with pytest.raises(VariableError, match=r"METRICS_PORT is .* a number from 1 to 65534"):
        Instance.from_env({"METRICS_PORT": value})


@pytest.mark.parametrize("value", ["0", "257", "two"])
def test_what_is_no_number_of_workers_is_refused(value):
    with pytest.raises(VariableError, match=r"WORKERS is .* a number from 1 to 256"):
        Instance.from_env({"WORKERS": value})


def test_a_port_that_is_named_twice_is_refused():
    with pytest.raises(VariableError, match="INFERENCE_PORT and MANAGEMENT_PORT are both 8081"):
        Instance.from_env({"INFERENCE_PORT": "8081"})


GIB = 2**30


@pytest.mark.parametrize(
    ("cores", "memory", "workers"),
    [
        (384, 2048 * GIB, 256),  # TorchServe's bound here
        (384, 64 * GIB, 155),  # 155 x 330 MB + 250 MB is three quarters of 64 GiB
        (2, 24 * GIB, 2),
        (2, GIB, 1),
        (8, GIB // 8, 1),
    ],
)
def test_the_default_of_workers_is_within_the_bound_and_within_memory(
    cores, memory, workers, monkeypatch
):
    monkeypatch.setattr("service.instance.usable_cores", lambda: cores)
    monkeypatch.setattr("service.instance.usable_memory", lambda: memory)
    assert Instance.from_env({}).workers == workers
    assert Instance.from_env({"WORKERS": "256"}).workers == 256
