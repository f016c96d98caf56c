"""The measurement of what a service can do, which a scenario's load is made relative to."""

import time
from dataclasses import replace
from typing import Final

import gevent
from locust.event import Events

from goemotions.errors import GoEmotionsError
from loadtest.judging.timeline import failed, percentiles_ms, requests_table
from loadtest.locust_setup import make_environment
from loadtest.scenarios import Capacity, Scenario
from loadtest.traffic.records import Recorder

_WARM_S: Final = 1.0
_MEASURED_S: Final = 3.0


class CapacityError(GoEmotionsError):
    """A service that answered nothing rightly while it was measured."""


def measure_capacity(scenario: Scenario, host: str, users: int) -> Capacity:
    """Let ``users`` of the scenario's kinds send for some seconds, each waiting for its answer.

    Raises ``CapacityError``.
    """
    closed = replace(scenario.options, arrivals=0.0, wait_min=0.0, wait_max=0.0)
    environment = make_environment(replace(scenario, options=closed), host, Events())
    recorder = Recorder(environment)
    runner = environment.create_local_runner()
    runner.start(users, spawn_rate=users)
    gevent.sleep(_WARM_S)
    began, began_cpu = time.time(), time.process_time()
    gevent.sleep(_MEASURED_S)
    ended, ended_cpu = time.time(), time.process_time()
    runner.quit()
    requests = requests_table(recorder.records, began)
    requests = requests[requests["answered_s"].between(0, ended - began)]
    right = len(requests) - len(failed(requests))
    if right == 0:
        raise CapacityError(f"{host} answered nothing rightly to {users} users at a time")
    return Capacity(
        per_second=round(right / (ended - began), 1),
        p95_ms=percentiles_ms(requests)["p95"],
        generator_cores=round((ended_cpu - began_cpu) / (ended - began), 2),
    )
