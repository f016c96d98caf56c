"""What can be set about the users, as options of Locust's own command line and web page.

They stand in Locust's parser so that plain ``locust -f loadtest/locustfile.py`` has them too, and
so that a master hands them to its workers, wherever those run.
"""

from argparse import Namespace
from dataclasses import dataclass
from typing import Self

from locust.argument_parser import LocustArgumentParser

from evaluation.comment_pool import Source


@dataclass(frozen=True, slots=True)
class UserOptions:
    """How users behave. Waiting times are seconds.

    ``arrivals`` is how many requests each user sends a second, whether or not the earlier ones
    were answered (an open load); at 0 each waits for its answer first (a closed load), and then
    for a time drawn from ``wait_min`` to ``wait_max``.
    """

    seed: int = 1
    wait_min: float = 0.0
    wait_max: float = 0.0
    arrivals: float = 0.0
    comments: Source = Source.AUTO
    keep_records: bool = False

    @classmethod
    def from_namespace(cls, parsed: Namespace) -> Self:
        """What Locust parsed; a worker's come from its master."""
        return cls(
            seed=int(parsed.seed),
            wait_min=float(parsed.wait_min),
            wait_max=max(float(parsed.wait_min), float(parsed.wait_max)),
            arrivals=float(parsed.arrivals),
            comments=Source(parsed.comments),
            keep_records=bool(parsed.keep_records),
        )

    def to_arguments(self) -> list[str]:
        """The command line that sets these options."""
        arguments = [
            f"--seed={self.seed}",
            f"--wait-min={self.wait_min}",
            f"--wait-max={self.wait_max}",
            f"--arrivals={self.arrivals}",
            f"--comments={self.comments}",
        ]
        return [*arguments, "--keep-records"] if self.keep_records else arguments


def add_options(parser: LocustArgumentParser, **_: object) -> None:
    """Listens to Locust's ``init_command_line_parser``.

    Into the parser and not a group of it: the web page shows none of a group's options.
    """
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed draws the same comments for each user"
    )
    parser.add_argument(
        "--wait-min", type=float, default=0.0, help="seconds that a user waits at least"
    )
    parser.add_argument(
        "--wait-max", type=float, default=0.0, help="seconds that a user waits at most"
    )
    parser.add_argument(
        "--arrivals",
        type=float,
        default=0.0,
        help="requests that each user sends a second, answered or not; 0: one after the other",
    )
    parser.add_argument(
        "--comments",
        choices=[str(source) for source in Source],
        default=str(Source.AUTO),
        help="GoEmotions' test split, the bundled file, or what is at hand",
    )
    # For loadtest/stress_test.py alone, which wants each request from its workers.
    parser.add_argument("--keep-records", action="store_true", include_in_web_ui=False)
