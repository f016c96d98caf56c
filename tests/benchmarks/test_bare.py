"""The archive's own encoder, in this process and in others."""

import pytest

from benchmarks.comparison.turns import Reference
from benchmarks.contenders import bare
from service.waiting import wait_until

pytestmark = pytest.mark.weights


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
