"""`make serve`, `stop`, `status` and `scale` if they can't run: one line, and nothing started."""

import socket

import pytest
from typer.testing import CliRunner

from archive.checksum import checksum_file, write_checksum
from scripts.service import app
from service.run_record import RunRecord


@pytest.fixture
def env(free_ports, tmp_path):
    names = ("INFERENCE", "MANAGEMENT", "METRICS", "GRPC_INFERENCE", "GRPC_MANAGEMENT")
    ports = {f"{name}_PORT": str(port) for name, port in zip(names, free_ports(5), strict=True)}
    return {**ports, "LOG_DIR": str(tmp_path / "logs"), "WORKERS": "1", "JAVA_HOME": ""}


@pytest.fixture
def archive(tmp_path):
    """A file that a start takes for an archive until TorchServe is to read it."""
    file = tmp_path / "goemotions.mar"
    file.write_bytes(b"an archive" * 1000)
    write_checksum(file)
    return file


@pytest.fixture
def service(env, tmp_path):
    """Runs a command of the service with these variables beside the instance's."""

    def run(*arguments, **variables):
        done = CliRunner().invoke(app, [*map(str, arguments)], env={**env, **variables})
        assert RunRecord.load(tmp_path / "logs") is None
        return done

    return run


def assert_refused(done, *phrases):
    """One clear line, and exit status 2."""
    assert done.exit_code == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    for phrase in phrases:
        assert str(phrase) in line


@pytest.mark.parametrize("variable", ["INFERENCE_PORT", "METRICS_PORT", "GRPC_MANAGEMENT_PORT"])
def test_a_taken_port_is_named_with_the_variable_that_changes_it(variable, service, env, archive):
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(env[variable])))
        other.listen()
        done = service("start", "--archive", archive)
    assert_refused(done, f"taken: {variable}={env[variable]}", f"make serve {variable}=")


def test_two_variables_with_the_same_port_are_refused(service, env, archive):
    done = service("start", "--archive", archive, METRICS_PORT=env["INFERENCE_PORT"])
    assert_refused(done, "INFERENCE_PORT and METRICS_PORT are both")


def test_a_java_home_without_java_is_named(service, archive, tmp_path):
    done = service("start", "--archive", archive, JAVA_HOME=str(tmp_path))
    assert_refused(done, f"{tmp_path}/bin/java", "JAVA_HOME")


def test_an_archive_that_is_not_there_is_named(service, tmp_path):
    done = service("start", "--archive", tmp_path / "goemotions.mar")
    assert_refused(done, tmp_path / "goemotions.mar", "make package")


def test_an_archive_without_its_sum_is_refused(service, archive):
    checksum_file(archive).unlink()
    done = service("start", "--archive", archive)
    assert_refused(done, "goemotions.mar.sha256", "make package")


def alter(archive):
    with archive.open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"\0")


def cut_off(archive):
    with archive.open("r+b") as stream:
        stream.truncate(archive.stat().st_size // 2)


@pytest.mark.parametrize("damage", [alter, cut_off])
def test_an_archive_that_is_not_as_built_is_refused(damage, service, archive):
    damage(archive)
    done = service("start", "--archive", archive)
    assert_refused(done, f"{archive} is damaged or altered", "make package")


def test_stopping_what_does_not_run_says_so_and_is_no_failure(service, env):
    done = service("stop")
    assert done.exit_code == 0
    assert done.stdout == f"nothing runs (LOG_DIR={env['LOG_DIR']})\n"


@pytest.mark.parametrize("command", ["status", "ready"])
def test_what_looks_ends_with_3_if_nothing_runs(command, service):
    done = service(command)
    assert done.exit_code == 3
    assert "nothing runs" in done.stdout
    assert "make serve" in done.stdout


@pytest.mark.parametrize("log", ["predictions.log", "model_log.log", "console.log"])
def test_a_log_that_can_not_be_written_is_named(log, service, archive, tmp_path):
    (tmp_path / "logs" / log).mkdir(parents=True)
    done = service("start", "--archive", archive)
    assert_refused(done, f"{tmp_path}/logs/{log} can't be written (Is a directory)", "LOG_DIR")


def test_a_file_in_the_place_of_the_log_folder_is_named(service, archive, tmp_path):
    (tmp_path / "file").touch()
    done = service("start", "--archive", archive, LOG_DIR=str(tmp_path / "file"))
    assert_refused(done, tmp_path / "file", "LOG_DIR")


def test_a_full_disk_is_named(service, archive, tmp_path, monkeypatch):
    monkeypatch.setattr("service.logs.health.has_room", lambda _: False)
    done = service("start", "--archive", archive)
    assert_refused(done, f"the disk of {tmp_path}/logs is full", "LOG_DIR")


@pytest.mark.parametrize(("command", "exit_code"), [("stop", 0), ("status", 3)])
def test_what_ends_or_looks_reads_no_variable_but_log_dir(command, exit_code, service):
    names = ("WORKERS", "INFERENCE_PORT", "METRICS_PORT", "START_SECONDS", "PREDICTIONS_LOG_SIZE")
    done = service(command, **dict.fromkeys(names, "many"))
    assert done.exit_code == exit_code, done.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("START_SECONDS", "nan"),
        ("START_SECONDS", "soon"),
        ("HANG_SECONDS", "0"),
        ("PREDICTIONS_LOG_SIZE", "0"),
        ("PREDICTIONS_LOG_KEPT", "2 GiB"),
        ("WORKERS", "many"),
    ],
)
def test_a_variable_that_can_not_be_so_is_named_with_what_it_takes(
    variable, value, service, archive
):
    done = service("start", "--archive", archive, **{variable: value})
    assert_refused(done, f"{variable} is '{value}'; it must be a")


def test_the_seconds_to_be_ready_in_are_a_number(service):
    assert_refused(service("ready", READY_SECONDS="soon"), "READY_SECONDS is 'soon'")


@pytest.mark.parametrize("number", ["", "0", "-1", "two", "2.5"])
def test_scaling_to_no_number_is_refused(number, service):
    assert_refused(service("scale", WORKERS=number), "WORKERS")


def test_scaling_what_does_not_run_is_refused(service):
    assert_refused(service("scale", WORKERS="2"), "nothing runs", "make serve")


def test_rolling_out_where_nothing_runs_is_refused(service, archive):
    assert_refused(service("rollout", "--archive", archive), "nothing runs", "make serve")
