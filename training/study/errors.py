"""What keeps the study from going on."""

from training.errors import TrainingError


class StudyError(TrainingError):
    """An experiment's file, a record or a run does not fit; the message says what to do."""
