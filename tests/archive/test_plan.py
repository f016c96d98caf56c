"""The encoders that an archive is for."""

import pytest

from archive.plan import PlanError, Quantize, plan_archive
from goemotions.encoders.choice import EncoderKind
from goemotions.settings import Backend

ONNX, TORCH, TRANSFORMERS = EncoderKind


@pytest.mark.parametrize(
    ("architecture", "backend", "quantize", "kinds"),
    [
        ("bert", Backend.AUTO, Quantize.NONE, {ONNX, TORCH}),
        ("bert", Backend.ONNX, Quantize.NONE, {ONNX}),
        ("bert", Backend.TORCH, Quantize.NONE, {TORCH}),
        ("bert", Backend.AUTO, Quantize.INT8, {ONNX}),
        ("roberta", Backend.AUTO, Quantize.NONE, {TRANSFORMERS}),
    ],
)
def test_an_archive_is_for_every_encoder_that_a_worker_may_choose(
    architecture, backend, quantize, kinds
):
    assert plan_archive(architecture, backend, quantize) == kinds


@pytest.mark.parametrize(
    ("architecture", "backend", "quantize"),
    [
        ("roberta", Backend.ONNX, Quantize.NONE),
        ("roberta", Backend.AUTO, Quantize.INT8),
        ("bert", Backend.TORCH, Quantize.INT8),
    ],
)
def test_what_no_worker_could_serve_is_not_packaged(architecture, backend, quantize):
    with pytest.raises(PlanError, match=architecture):
        plan_archive(architecture, backend, quantize)
