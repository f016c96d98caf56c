"""The encoders that an archive is for, which decide what it carries."""

from enum import StrEnum

from goemotions.encoders.choice import Backend, EncoderError, EncoderKind, find_kinds
from goemotions.errors import GoEmotionsError


class Quantize(StrEnum):
    """The make variable ``QUANTIZE``: what the linear layers of the served graph compute in.

    ``AUTO``  int8 if the model folder records that this costs little, else float32.
    ``NONE``  float32.
    ``INT8``  int8, once it was compared with float32 on GoEmotions' dev comments.
    """

    AUTO = "auto"
    NONE = "none"
    INT8 = "int8"


class PlanError(GoEmotionsError):
    """An archive that no worker could serve."""


def plan_archive(architecture: str, backend: Backend, quantize: Quantize) -> frozenset[EncoderKind]:
    """The encoders that a worker, with a GPU or without, may choose; raises ``PlanError``."""
    try:
        kinds = find_kinds(architecture, backend, quantised=quantize is not Quantize.NONE)
    except EncoderError as error:
        raise PlanError(str(error)) from error
    return frozenset({kinds.cpu, kinds.gpu})
