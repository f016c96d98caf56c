"""The service that a run is made against, and its prediction log."""

from dataclasses import dataclass
from typing import Final

import psutil
import requests

from goemotions.errors import GoEmotionsError
from loadtest.judging.prediction_log import LOG_NAME, LogSince
from loadtest.options import RunOptions, address_of
from loadtest.scenarios import Deed, Scenario
from loadtest.traffic.exchanges import ask_label
from loadtest.traffic.replies import HttpReply, check_reply
from service.instance import Instance
from service.loopback import loopback_session
from service.management import Management, ManagementError, Version
from service.run_record import RunRecord
from service.waiting import wait_until

_ANSWER_S: Final = 30.0
_LOGGED_S: Final = 5.0


class TargetError(GoEmotionsError):
    """Nothing that a run could be made against; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """A service that has just answered.

    ``instance`` is the one that the environment names. ``version`` is None if its management API
    does not answer or the service is another one, ``log`` if it is not to be counted, and ``jvm``
    if it was not started by ``make serve`` on this machine.
    """

    host: str
    instance: Instance
    version: Version | None
    log: LogSince | None
    jvm: psutil.Process | None

    @property
    def batch_size(self) -> int:
        """Requests that share a batch, at most; 1 if that isn't known."""
        return self.version.batch_size if self.version else 1

    @property
    def workers(self) -> int | None:
        """Its workers, if they are known."""
        return len(self.version.workers) if self.version else None


def find_target(options: RunOptions, scenario: Scenario) -> Target:
    """The service at ``options.host``, or the one of the environment's ports.

    Raises ``TargetError`` if it does not answer, its log is not at hand, or an action of
    ``scenario`` can't be carried out from here.
    """
    instance = Instance.from_env()
    host = address_of(options.host, instance)
    is_own = host == instance.inference_url
    log = LogSince.now(options.log_dir or instance.log_dir) if options.completeness else None
    request_id = _require_answer(host)
    if log is not None:
        _require_line(log, request_id)
    target = Target(
        host,
        instance,
        version=_version(instance) if is_own else None,
        log=log,
        jvm=_jvm(instance) if is_own else None,
    )
    _require_reach(target, scenario)
    return target


def _require_answer(host: str) -> str:
    """The id of a request that was answered rightly."""
    exchange = ask_label("is it there", "Is anybody there?")
    try:
        with loopback_session() as session:
            reply = session.post(
                f"{host}/predictions/goemotions",
                data=exchange.body,
                headers={"Content-Type": exchange.content_type},
                timeout=_ANSWER_S,
            )
    except requests.RequestException as error:
        raise TargetError(
            f"no service answers at {host}; start one with `make serve`, or name another with "
            "--host or INFERENCE_PORT"
        ) from error
    content_type = reply.headers.get("content-type", "")
    checked = check_reply(
        HttpReply(reply.status_code, content_type, reply.content), exchange.expected
    )
    if checked.error:
        raise TargetError(
            f"the service at {host} is there, but does not predict ({checked.error}); "
            "`make status` tells its state"
        )
    return reply.headers.get("x-request-id", "")


def _require_line(log: LogSince, request_id: str) -> None:
    """The line comes a moment later; if it does not, the log is another service's, or none."""
    if not wait_until(lambda: request_id in log.read().labels, _LOGGED_S):
        raise TargetError(
            f"{log.folder / LOG_NAME} has no line of the request just answered, so that it is "
            "not this service's prediction log; name its folder with --log-dir or LOG_DIR, or "
            "leave the count of its lines out with --no-completeness"
        )


def _require_reach(target: Target, scenario: Scenario) -> None:
    deeds = {action.do for action in scenario.actions}
    if deeds and target.host != target.instance.inference_url:
        raise TargetError(
            f"{scenario.name} acts on the service of INFERENCE_PORT, at "
            f"{target.instance.inference_url}, and {target.host} is another; leave --host out, or "
            "choose a scenario without actions"
        )
    if deeds and target.version is None:
        raise TargetError(
            f"{scenario.name} needs the management API of the service, which does not answer at "
            f"{target.instance.management_url}; set INFERENCE_PORT, MANAGEMENT_PORT and LOG_DIR "
            "as for `make serve`"
        )
    if deeds - {Deed.SCALE} and target.jvm is None:
        raise TargetError(
            f"{scenario.name} ends processes of the service, and `make serve` started none here "
            f"with LOG_DIR={target.instance.log_dir}; run it where the service runs"
        )


def _version(instance: Instance) -> Version | None:
    try:
        return Management(instance).default_version()
    except ManagementError:
        return None


def _jvm(instance: Instance) -> psutil.Process | None:
    record = RunRecord.load(instance.log_dir)
    return record.processes().server if record else None
