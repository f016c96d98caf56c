"""Why a worker did not load, as model_log.log shows it."""

from service.logs.worker_log import WorkerLog, find_failure

ORDINARY = ["Listening on port: /t/.ts.sock.9000", "Torch worker started."]
TRACE = [
    "Backend worker process died.",
    "Traceback (most recent call last):",
    '  File "model_service_worker.py", line 301, in <module>',
    "    worker.run_server()",
    "goemotions.settings.SettingsError: unknown setting max_char",
]
CHAINED = [
    "Traceback (most recent call last):",
    "    weights = read()",
    "KeyError: 'weights'",
    "",
    "The above exception was the direct cause of the following exception:",
    "",
    "Traceback (most recent call last):",
    "    worker.run_server()",
    "ValueError: the weights are not whole",
]
SECOND_ATTEMPT = [
    "Traceback (most recent call last):",
    "    import nowhere",
    "ModuleNotFoundError: No module named 'nowhere'",
    "",
    "During handling of the above exception, another exception occurred:",
    "",
    "Traceback (most recent call last):",
    "    worker.run_server()",
    "ModuleNotFoundError: No module named 'ts.torch_handler.goemotions_handler'",
]


def lines_of(printed, worker=9000):
    """The lines that log4j2.xml makes of a worker's."""
    thread = f"W-{worker}-goemotions_1.0.0-stdout"
    return [f"2026-11-24T07:29:20,265 INFO  {thread} MODEL_LOG - {line}" for line in printed]


def test_it_is_the_exception_at_the_end_of_the_trace():
    found = find_failure(lines_of([*ORDINARY, *TRACE]))
    assert found == "goemotions.settings.SettingsError: unknown setting max_char"


def test_of_chained_exceptions_it_is_the_last():
    assert find_failure(lines_of(CHAINED)) == "ValueError: the weights are not whole"


def test_it_is_not_what_torchserve_tried_after_an_import_error():
    found = find_failure(lines_of(SECOND_ATTEMPT))
    assert found == "ModuleNotFoundError: No module named 'nowhere'"


def test_the_lines_of_two_workers_are_told_apart():
    first, second = lines_of(CHAINED), lines_of(TRACE, worker=9001)
    mixed = [line for pair in zip(first, second, strict=False) for line in pair]
    rest = first[len(second) :]
    assert find_failure([*mixed, *rest]) == "ValueError: the weights are not whole"


def test_without_a_trace_there_is_no_failure():
    assert find_failure(lines_of(ORDINARY)) is None


def test_what_an_earlier_run_left_does_not_count(tmp_path):
    file = tmp_path / "model_log.log"
    file.write_text("\n".join(lines_of(CHAINED)) + "\n")
    log = WorkerLog(tmp_path)
    assert log.failure(patience_seconds=0) is None
    with file.open("a") as stream:
        stream.write("\n".join(lines_of(TRACE)) + "\n")
    assert log.failure() == "goemotions.settings.SettingsError: unknown setting max_char"


def test_a_log_that_is_not_there_yet_has_no_failure(tmp_path):
    assert WorkerLog(tmp_path).failure(patience_seconds=0) is None
