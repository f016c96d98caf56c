"""The service that a run is made against: where it is, and what of it can be reached from here."""

from dataclasses import dataclass
from pathlib import Path

import psutil

from loadtest.prediction_log import LogSince
from loadtest.scenarios import Deed, Scenario
from loadtest.target import TargetError, require_line, require_service
from service.instance import Instance
from service.management import Management, ManagementError, Version
from service.run_record import RunRecord


@dataclass(frozen=True, slots=True)
class Service:
    """A service that has just answered.

    ``instance`` is the one that the environment names; ``version`` is None where its management
    API does not answer, or the service is not it, ``log`` where it is not to be counted,
    and ``jvm`` where it was not started by ``make serve`` on this machine.
    """

    host: str
    instance: Instance
    version: Version | None
    log: LogSince | None
    jvm: psutil.Process | None

    @property
    def batch_size(self) -> int:
        """Requests that share a batch, at most; 1 where it isn't known."""
        return self.version.batch_size if self.version else 1


def find_service(host: str | None, log_dir: Path | None, *, count_log: bool) -> Service:
    """The service at ``host``, or the one of the environment's ports.

    Raises ``TargetError`` where it does not answer or its log is not at hand, and
    ``InstanceError`` where the environment's ports can't be.
    """
    instance = Instance.from_env()
    host = (host or instance.inference_url).rstrip("/")
    is_own = host == instance.inference_url
    if count_log and not is_own and log_dir is None:
        raise TargetError(
            f"{host} is not the service of INFERENCE_PORT and LOG_DIR: name the folder of its "
            "prediction log with --log-dir, or leave the log out with --no-completeness"
        )
    log = LogSince.now(log_dir or instance.log_dir) if count_log else None
    request_id = require_service(host)
    if log is not None:
        require_line(log, request_id)
    return Service(
        host,
        instance,
        version=_version(instance) if is_own else None,
        log=log,
        jvm=_jvm(instance) if is_own else None,
    )


def require_reach(service: Service, scenario: Scenario) -> None:
    """Raises ``TargetError`` where an action of ``scenario`` can't be carried out from here."""
    deeds = {action.do for action in scenario.actions}
    if deeds and service.version is None:
        raise TargetError(
            f"{scenario.name} needs the management API of the service, which does not answer at "
            f"{service.instance.management_url}; set INFERENCE_PORT, MANAGEMENT_PORT and LOG_DIR "
            "as for `make serve`"
        )
    if deeds - {Deed.SCALE} and service.jvm is None:
        raise TargetError(
            f"{scenario.name} ends processes of the service, and `make serve` started none here "
            f"with LOG_DIR={service.instance.log_dir}; run it where the service runs"
        )


def _version(instance: Instance) -> Version | None:
    try:
        return Management(instance).default_version()
    except ManagementError:
        return None


def _jvm(instance: Instance) -> psutil.Process | None:
    record = RunRecord.load(instance.log_dir)
    return record.processes().server if record else None
