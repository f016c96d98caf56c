"""The root of this project's errors."""


class GoEmotionsError(Exception):
    """The program can't do what was asked; the message is one line for its user.

    The line says what was wrong, what was found, and what to do. The errors of every folder derive
    from this one, so that one place can turn any of them into a line and an exit status.
    """


class ModelFolderError(GoEmotionsError):
    """A model folder, or an unpacked archive, that this service can't use."""
