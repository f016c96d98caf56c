"""The root of this project's errors."""


class GoEmotionsError(Exception):
    """The program can't do what was asked; the message is one line for its user.

    It says what was wrong, what was found, and what to do. Every folder's own errors derive from
    it, so that one place can turn any of them into a line and an exit status.
    """


class ModelFolderError(GoEmotionsError):
    """A model folder, or an unpacked archive, that this service can't use."""
