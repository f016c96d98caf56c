"""What keeps the benchmark, or one contender, from running."""

from goemotions.errors import GoEmotionsError


class BenchmarkError(GoEmotionsError):
    """The benchmark can't run at all; the message says what was wrong and what to do."""


class ContenderError(GoEmotionsError):
    """One contender can't be measured, or answers wrongly; the others can."""
