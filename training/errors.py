"""Errors of training; each message says what was found and what to do."""

from goemotions.errors import GoEmotionsError


class BaseEncoderUnavailableError(GoEmotionsError):
    """The base encoder's files are missing."""


class TrainingSettingsError(GoEmotionsError):
    """A training setting is unknown, is out of its range, or does not go with another."""


class ScoresError(GoEmotionsError):
    """A file holds no teacher's scores, or those of other comments."""


class RunFolderError(GoEmotionsError):
    """The work folder holds something other than the run that was asked for."""


class StudyError(GoEmotionsError):
    """An experiment's file, kept results or a run does not fit the study."""
