"""Each hostile request earns, in the handler's own reading, what the load test expects of it."""

import pytest

from goemotions.rejection import Rejection
from goemotions.request import read_request
from goemotions.settings import Settings
from loadtest.traffic.hostile import HOSTILE
from loadtest.traffic.replies import Prediction, Refusal

by_name = pytest.mark.parametrize("exchange", HOSTILE, ids=lambda exchange: exchange.name)


@by_name
def test_a_hostile_request_is_expected_to_be_refused_as_the_handler_refuses_it(exchange):
    request = read_request({"body": bytearray(exchange.body)}, Settings())
    match exchange.expected:
        case Prediction():
            assert not isinstance(request, Rejection)
        case Refusal(status=status, error=error):
            assert isinstance(request, Rejection)
            assert request.status == status
            assert error in (None, request.error)


def test_every_row_of_the_contract_s_refusals_is_among_them():
    statuses = {
        exchange.expected.status for exchange in HOSTILE if hasattr(exchange.expected, "status")
    }
    assert statuses == {400, 413}
    assert len({exchange.name for exchange in HOSTILE}) == len(HOSTILE)
