"""What keeps a command from doing its work."""


class OperationError(Exception):
    """A command can't run; the message is one line: what was wrong, found, and what to do."""
