"""What a start leaves in the log folder for those who come later: which processes are its own."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from goemotions.errors import GoEmotionsError
from service.instance import Instance


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of an instance that are alive: TorchServe's JVM, and its Python workers."""

    server: psutil.Process | None
    workers: tuple[psutil.Process, ...]

    @property
    def all(self) -> tuple[psutil.Process, ...]:
        """The server first."""
        return (self.server, *self.workers) if self.server else self.workers


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One start. ``temp_dir`` is its own: where TorchServe unpacks archives and has its sockets."""

    temp_dir: str
    archive: str
    sha256: str
    java_version: str
    torchserve_version: str
    env: dict[str, str]

    @classmethod
    def load(cls, log_dir: Path) -> Self | None:
        """The last start with ``log_dir`` that was not stopped; None where there is none.

        Raises ``GoEmotionsError`` where there is one, but it can't be read.
        """
        file = _file(log_dir)
        try:
            content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return cls(**content)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise GoEmotionsError(
                f"{file} does not tell what runs ({error}); end that TorchServe by hand if there "
                "is one, and remove the file"
            ) from error

    def save(self, log_dir: Path) -> None:
        """Write the record into ``log_dir``."""
        file = _file(log_dir)
        file.parent.mkdir(parents=True, exist_ok=True)
        whole = file.with_suffix(".new")
        whole.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        whole.replace(file)

    @staticmethod
    def remove(log_dir: Path) -> None:
        """Forget the record of ``log_dir``, if there is one."""
        _file(log_dir).unlink(missing_ok=True)

    @property
    def instance(self) -> Instance:
        """The instance as it was started."""
        return Instance.from_env(self.env)

    def processes(self) -> Processes:
        """Those whose command line names ``temp_dir``: a pid may belong to another by now."""
        server, workers = None, []
        for process in psutil.process_iter():
            try:
                command = process.cmdline()
            except psutil.Error:
                continue
            if f"-Djava.io.tmpdir={self.temp_dir}" in command:
                server = process
            elif any(part.startswith(f"{self.temp_dir}/.ts.sock.") for part in command):
                workers.append(process)
        return Processes(server, tuple(workers))


def _file(log_dir: Path) -> Path:
    return log_dir / "run" / "instance.json"
