"""Ctrl-C as a wish to stop."""

import signal

import pytest

from training.study.stop_request import StopRequest

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def usual_handlers():
    """Those of a program in the foreground; in the background some are ignored."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_counted_and_told(number):
    told = []
    stop = StopRequest(told.append)
    with stop.listening():
        signal.raise_signal(number)
        assert stop.times == 1
        signal.raise_signal(number)
    assert stop.times == 2
    assert ["checkpoint after its step" in told[0], "at once" in told[1]] == [True, True]


def test_the_handlers_are_as_before_afterwards():
    before = signal.getsignal(signal.SIGINT)
    with StopRequest(print).listening():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_signal_that_is_ignored_stays_so():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stop = StopRequest(print)
    with stop.listening():
        signal.raise_signal(signal.SIGHUP)
    assert stop.times == 0
