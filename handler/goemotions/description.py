"""What the management API tells of the model: ``GET /models/goemotions?customized=true``."""

from dataclasses import asdict

from goemotions.model_info import ModelInfo
from goemotions.settings import Settings
from goemotions.taxonomy import GROUPS, LABELS, SOURCE_LABELS


def describe(model: ModelInfo, settings: Settings) -> dict[str, object]:
    """The labels, the taxonomy, the version, the measured quality and the settings in force."""
    return {
        "model_version": model.version,
        "labels": LABELS,
        "source_labels": SOURCE_LABELS,
        "taxonomy": GROUPS,
        "max_tokens": model.max_tokens,
        "temperature": model.temperature,
        "quality": model.quality,
        "settings": asdict(settings),
    }
