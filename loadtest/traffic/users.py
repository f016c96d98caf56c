"""Locust's user classes."""

import time
from functools import partial
from itertools import count
from random import Random
from typing import Final

from locust import FastHttpUser, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.runners import Runner, WorkerRunner

from evaluation.comment_pool import load_comments
from loadtest.options import UserOptions, add_options, given
from loadtest.traffic.arrivals import MOST_IN_FLIGHT, Arrivals, await_answers
from loadtest.traffic.exchanges import Exchange, ask_label, ask_scores
from loadtest.traffic.hostile import HOSTILE
from loadtest.traffic.records import send_records
from loadtest.traffic.replies import HttpReply, check_reply

_PATH: Final = "/predictions/goemotions"
_LAST_ANSWERS_S: Final = 30.0
_HOSTILE_SHARE: Final = 0.5

_numbers: Final = count()


def add_user_options(parser: LocustArgumentParser, **_: object) -> None:
    """Give Locust's own command line and web page the users' options.

    They are in Locust's parser, so that a master hands them to its workers, wherever those run;
    and not in a group of it, since the web page shows none of a group's options.
    """
    add_options(parser, UserOptions, with_defaults=True)
    # For loadtest/stress_test.py alone, which wants each request from its workers.
    parser.add_argument("--keep-records", action="store_true", include_in_web_ui=False)


def prepare(environment: Environment, runner: Runner, **_: object) -> None:
    """Read the comments before the first user starts; make a worker report its records."""
    load_comments(_options(environment).comments)
    if isinstance(runner, WorkerRunner):
        send_records(environment)


def finish(**_: object) -> None:
    """Take the last answers of an open load, whose users are gone."""
    await_answers(_LAST_ANSWERS_S)


events.init_command_line_parser.add_listener(add_user_options)
events.init.add_listener(prepare)
events.test_stop.add_listener(finish)


def _options(environment: Environment) -> UserOptions:
    """Locust's parsed options, a worker's from its master."""
    if environment.parsed_options is None:
        raise ValueError("the users need their options: give Environment parsed_options")
    return UserOptions(**given(environment.parsed_options, UserOptions))


class ServiceUser(FastHttpUser):
    """Sends requests, one after the other or at a constant rate, and checks each answer's body."""

    abstract = True
    host = "http://127.0.0.1:8080"
    concurrency = MOST_IN_FLIGHT

    def on_start(self) -> None:
        """Take the options, and a stream of random numbers that no other user has."""
        self.options = _options(self.environment)
        self.pool = load_comments(self.options.comments)
        worker = getattr(self.environment.runner, "worker_index", 0)
        self.random = Random(  # noqa: S311 - repeatable is what it has to be
            f"{self.options.seed} {worker} {next(_numbers)}"
        )
        rate = self.options.arrivals
        self.arrivals = Arrivals(1 / rate, self.random) if rate > 0 else None
        # Locust asks for the first request before it asks for a waiting time.
        self.is_due = self.arrivals is None

    def wait_time(self) -> float:
        """Seconds until the next request."""
        if self.arrivals is not None:
            return self.arrivals.wait_s()
        least_s = self.options.wait_min
        return self.random.uniform(least_s, max(least_s, self.options.wait_max))

    @task
    def send_next(self) -> None:
        """One request; an open load does not wait for what comes back."""
        if not self.is_due:
            self.is_due = True
            return
        exchange = self.next_exchange()
        if self.arrivals is None:
            self.send(exchange)
        elif not self.arrivals.send(partial(self.send, exchange)):
            self._count_as_unsent(exchange)

    def next_exchange(self) -> Exchange:
        """The request that this user sends next."""
        raise NotImplementedError

    def send(self, exchange: Exchange) -> None:
        """Send a request and count its answer as right or wrong."""
        with self.client.post(
            _PATH,
            data=exchange.body,  # type: ignore[arg-type]  # bytes are sent as they are
            headers={"Content-Type": exchange.content_type},
            name=exchange.name,
            catch_response=True,
        ) as response:
            if response.status_code == 0:
                return  # no answer: Locust counts the connection's own error
            content_type = response.headers.get("content-type", "")
            reply = HttpReply(response.status_code, content_type, response.content or b"")
            checked = check_reply(reply, exchange.expected)
            response.request_meta["context"]["checked"] = checked
            if checked.error:
                response.failure(checked.error)
            else:
                response.success()

    def _count_as_unsent(self, exchange: Exchange) -> None:
        """A request that was due and could not be sent is a failure, not a pause in the load."""
        self.environment.events.request.fire(
            request_type="POST",
            name=exchange.name,
            response_time=0,
            response_length=0,
            response=None,
            context={},
            exception=RuntimeError(f"not sent: {MOST_IN_FLIGHT} requests of a user unanswered"),
            start_time=time.time(),
            url=_PATH,
        )


class StressUser(ServiceUser):
    """Posts random comments."""

    weight = 8

    def next_exchange(self) -> Exchange:
        """Any comment."""
        return ask_label("comment", self.pool.draw(self.random))


class VolumeUser(ServiceUser):
    """Posts the longest comments."""

    weight = 1

    def next_exchange(self) -> Exchange:
        """A long comment."""
        return ask_label("long comment", self.pool.draw_long(self.random))


class ScoresUser(ServiceUser):
    """Posts 1 to 8 comments at once in the Hugging Face form, and wants scores."""

    weight = 1

    def next_exchange(self) -> Exchange:
        """A few comments, and how many scores are wanted of each."""
        comments = [self.pool.draw(self.random) for _ in range(self.random.randint(1, 8))]
        return ask_scores("scores", comments, top_k=self.random.randint(1, 14))


class HostileUser(ServiceUser):
    """Mixes what must be refused into good requests; a right refusal is a success."""

    weight = 1

    def next_exchange(self) -> Exchange:
        """Half the time a request that is to be refused, or an odd text."""
        if self.random.random() < _HOSTILE_SHARE:
            return self.random.choice(HOSTILE)
        return ask_label("comment among hostile ones", self.pool.draw(self.random))
