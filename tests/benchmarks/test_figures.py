from benchmarks.contender import Role
from benchmarks.figures import Figures, Spread
from tests.benchmarks.findings import measurement, record, turn


def three_rounds(*rates):
    return [turn(measurement(per_second=rate)) for rate in rates]


def test_a_figure_is_the_median_of_the_rounds_with_the_lowest_and_the_highest():
    figures = Figures(record(service=three_rounds(410, 400, 450)))
    assert figures.loaded("service", 16, "per_second") == Spread(410, 400, 450)


def test_a_figure_that_was_not_measured_is_none():
    figures = Figures(record(service=three_rounds(400)))
    assert figures.loaded("service", 256, "per_second") is None
    assert figures.loaded("flask", 16, "per_second") is None
    assert figures.state("flask", "start_seconds") is None


def test_nothing_measured_is_no_error():
    figures = Figures(record())
    assert figures.contenders == ()
    assert figures.clients == []
    assert figures.loaded("service", 16, "per_second") is None
    assert figures.memory_mib("service") is None


def test_the_peers_are_what_one_would_use_instead_as_far_as_they_were_measured():
    figures = Figures(record(service=three_rounds(1), flask=three_rounds(1), bare=three_rounds(1)))
    assert figures.peers() == []
    figures = Figures(record(litserve=three_rounds(1), infinity_onnx=three_rounds(1)))
    assert [peer.key for peer in figures.peers()] == ["litserve", "infinity-onnx"]
    assert {peer.role for peer in figures.peers()} == {Role.PEER}


def test_memory_counts_shared_pages_once_where_the_system_tells():
    figures = Figures(record(service=[turn(measurement(), resident_mib=900)]))
    assert figures.memory_mib("service") == Spread(800, 800, 800)
