"""What keeps the benchmark, or one contender, from running."""

from scripts.errors import OperationError


class BenchmarkError(OperationError):
    """The benchmark can't run at all; the message says what was wrong and what to do."""


class ContenderError(OperationError):
    """One contender can't be measured, or answers wrongly; the others can."""
