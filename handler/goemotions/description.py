"""What the management API tells of the model: ``GET /models/goemotions?customized=true``."""

from dataclasses import asdict

from goemotions.served_model import ServedModel
from goemotions.settings import Settings
from goemotions.taxonomy import GROUPS, LABELS, SOURCE_LABELS


def describe(model: ServedModel, settings: Settings) -> dict[str, object]:
    """The labels, the taxonomy, the version, the measured quality, and what is in force."""
    info = model.info
    return {
        "model_version": info.version,
        "labels": LABELS,
        "source_labels": SOURCE_LABELS,
        "taxonomy": GROUPS,
        "max_tokens": info.max_tokens,
        "log_temperature": {
            taxonomy: calibration.coefficients for taxonomy, calibration in info.calibration.items()
        },
        "quality": info.quality,
        "architecture": info.architecture,
        "encoder": asdict(model.encoder),
        "quantization": model.quantization and asdict(model.quantization),
        "settings": asdict(settings),
    }
