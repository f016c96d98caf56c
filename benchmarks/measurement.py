"""What one load on one contender gave."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """Comments answered by a contender while ``clients`` asked, each its next once answered.

    ``errors`` counts refusals (a status of 400 or more), broken connections and time-outs, none
    of which is among the ``comments``.
    """

    clients: int
    seconds: float
    comments: int
    errors: int
    mean_ms: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float

    @property
    def per_second(self) -> float:
        """Comments answered a second."""
        return self.comments / self.seconds
