import pytest

from benchmarks.turns import long_enough


@pytest.mark.parametrize(
    ("clients", "per_second", "expected"),
    [
        (1, 70, 4),  # four seconds are plenty
        (256, 40, 16),  # each client is to be answered more than twice
        (256, 5, 30),  # but not for ever
        (256, 0, 4),  # nothing is known of its rate
    ],
)
def test_a_load_lasts_until_each_client_can_have_been_answered(clients, per_second, expected):
    assert long_enough(clients, per_second, 4) == expected
