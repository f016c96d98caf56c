"""What keeps training from running; each message says what was found and what to do.

* ``TrainingError``
    * ``DataUnavailableError`` (evaluation/dataset.py): GoEmotions can't be read
    * ``BaseEncoderUnavailableError``: the encoder to start from is not there
    * ``TrainingSettingsError``: a training setting is out of its range
    * ``ScoresError``: a teacher's scores can't be used
    * ``StudyError`` (training/study/errors.py): an experiment, a record or a run does not fit
    * ``RunFolderError``: the work folder does not fit what was asked
"""

from goemotions.errors import GoEmotionsError


class TrainingError(GoEmotionsError):
    """Training or the export can't run."""


class BaseEncoderUnavailableError(TrainingError):
    """The base encoder's files are not where they were looked for."""


class TrainingSettingsError(TrainingError, ValueError):
    """A training setting is out of its range, or does not go with another."""


class ScoresError(TrainingError):
    """A file holds no teacher's scores, or those of other comments."""


class RunFolderError(TrainingError):
    """The work folder holds something else than what was asked needs."""
