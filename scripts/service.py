"""``make serve``, ``stop``, ``status``, ``ready``, ``scale`` and ``rollout``: the service here."""

import os
import time
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from goemotions.errors import GoEmotionsError
from service.client import Client, ServiceUnavailableError
from service.instance import Instance, log_dir_of, workers_of
from service.logs.health import find_log_faults
from service.management import Management
from service.readiness import refuse_hang
from service.rollout import roll_out
from service.run_record import NothingRunsError, RunRecord
from service.start import START_SECONDS
from service.start import start as start_server
from service.status import report_status
from service.stop import stop as stop_server
from service.variables import read_seconds
from terminal.ending import FAILED, end, ending

_NOT_RUNNING: Final = 3
_READY_SECONDS: Final = 5.0

_ARCHIVE: Final = Path("model_store/goemotions.mar")

app = typer.Typer(add_completion=False, help="The service on this machine.")
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


@app.command()
def start(
    archive: Annotated[Path, typer.Option(help="What to serve.")] = _ARCHIVE,
    timeout: Annotated[
        str, typer.Option(help="Seconds until it must answer.", envvar="START_SECONDS")
    ] = str(START_SECONDS),
) -> None:
    """Start TorchServe in the background; 0 when it has answered a prediction, 2 otherwise."""
    with ending("serve"), _err.status("starting TorchServe") as spinner:
        seconds = read_seconds({"START_SECONDS": timeout}, "START_SECONDS", START_SECONDS)
        record = start_server(Instance.from_env(), archive, seconds, spinner.update)
    instance = record.instance
    _out.print(
        f"goemotions-serve answers at {instance.prediction_url}\n"
        f"model {Management(instance).default_version().version}, "
        f"TorchServe {record.torchserve_version}, Java {record.java_version}, "
        f"workers: {instance.workers}, logs: {instance.log_dir}\n"
        f"try: curl -s {instance.prediction_url} -H 'Content-Type: application/json' "
        """-d '{"comment": "I love this"}'""",
        markup=False,
    )


@app.command()
def stop() -> None:
    """Stop it; 0 when nothing of it runs any more, and when nothing ran."""
    with ending("stop"), _err.status("stopping TorchServe"):
        log_dir = log_dir_of()
        was_running = stop_server(log_dir)
    _out.print("stopped" if was_running else f"nothing runs (LOG_DIR={log_dir})", markup=False)


@app.command()
def status() -> None:
    """Say what runs; 0 when all is well, 3 when nothing runs, 2 when it does not answer or log."""
    with ending("status"):
        record = _load_running_or_exit()
        _out.print(report_status(record))
        if faults := find_log_faults(record):
            raise GoEmotionsError("; ".join(faults))
        refuse_hang(record)


@app.command()
def ready(
    timeout: Annotated[
        str, typer.Option(help="Seconds until it must answer.", envvar="READY_SECONDS")
    ] = str(_READY_SECONDS),
) -> None:
    """Ask for a prediction; 0 if it is answered, 1 if not in time, 3 if nothing runs, else 2."""
    with ending("ready"):
        seconds = read_seconds({"READY_SECONDS": timeout}, "READY_SECONDS", _READY_SECONDS)
        client = Client(_load_running_or_exit().instance, attempts=0, answer_seconds=seconds)
        started = time.monotonic()
        try:
            client.predict("I love this")
        except ServiceUnavailableError as error:
            raise end("ready", str(error), FAILED) from error
        # The client's own limit is for each piece of the answer.
        if time.monotonic() - started > seconds:
            late = f"{client.prediction_url} gives no prediction within {seconds:g} s"
            raise end("ready", late, FAILED)
    _out.print(f"ready: {client.prediction_url} answers", markup=False)


@app.command()
def scale(
    timeout: Annotated[float, typer.Option(help="Seconds until it must be so.")] = 120.0,
) -> None:
    """Give the running service WORKERS workers, and wait until each has loaded the model."""
    with ending("scale"), _err.status("scaling"):
        if not os.environ.get("WORKERS"):
            raise GoEmotionsError("how many workers? name the number: make scale WORKERS=2")
        workers = workers_of()
        record = _load_running()
        management = Management(record.instance)
        management.scale(workers)
        management.wait_for_workers(workers, timeout)
        Client(record.instance, answer_seconds=timeout).predict("I love this")
        _load_running().scaled(workers).save(log_dir_of())  # the keeper may have made another
    _out.print(f"workers that have loaded the model: {workers}")


@app.command()
def rollout(
    archive: Annotated[
        Path, typer.Option(envvar="MAR", help="The new version; its checksum is beside it.")
    ] = _ARCHIVE,
    timeout: Annotated[
        float, typer.Option(help="Seconds that the old version may take to end its work.")
    ] = 300.0,
) -> None:
    """Let another version answer, with no failed request; 2 if the old one goes on."""
    with ending("rollout"), _err.status("rolling out") as spinner:
        done = roll_out(_load_running(), archive, timeout, spinner.update)
    _out.print(f"version {done.new} answers now, {done.old} is gone", markup=False)
    if done.archive.absolute() != _ARCHIVE.absolute():
        _out.print(
            f"it is {done.archive}; the next `make serve` takes {_ARCHIVE} again, unless the "
            "model folder that it is built from is the new one",
            markup=False,
        )


def _load_running_or_exit() -> RunRecord:
    """As ``_load_running``, but a line on standard output and exit status 3 if nothing runs."""
    try:
        return _load_running()
    except NothingRunsError as error:
        _out.print(str(error), markup=False)
        raise typer.Exit(_NOT_RUNNING) from error


def _load_running() -> RunRecord:
    return RunRecord.load_running(log_dir_of())


if __name__ == "__main__":
    app()
