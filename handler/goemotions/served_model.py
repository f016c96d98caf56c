"""The model in an unpacked archive, loaded."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from goemotions.classifier import Classifier
from goemotions.encoders.choice import EncoderChoice, choose_encoder, load_encoder
from goemotions.model_info import ModelInfo
from goemotions.quantization import Quantization
from goemotions.settings import Settings
from goemotions.taxonomy import GROUPS, LABELS, SOURCE_LABELS
from goemotions.tokens import CommentTokenizer


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model's description of itself, its encoder, and the classifier that uses both."""

    info: ModelInfo
    quantization: Quantization | None
    encoder: EncoderChoice
    classifier: Classifier

    @classmethod
    def load(cls, folder: Path, settings: Settings, gpu: int | None) -> Self:
        """Load ``folder`` for a worker that TorchServe gave the GPU of index ``gpu``, or none.

        Raises ``FileNotFoundError``, ``ValueError``, ``ModelFolderError`` and ``EncoderError`` if
        something can't be loaded.
        """
        info = ModelInfo.load(folder / "config.json")
        quantization = Quantization.load(folder)
        encoder = choose_encoder(
            info.architecture, settings.backend, quantised=quantization is not None, gpu=gpu
        )
        classifier = Classifier(
            CommentTokenizer(folder / "tokenizer.json", info.max_tokens),
            load_encoder(encoder, folder, threads=settings.threads, run_tokens=settings.run_tokens),
            info.calibration,
        )
        return cls(info, quantization, encoder, classifier)

    def describe(self, settings: Settings) -> dict[str, object]:
        """The body of ``GET /models/goemotions?customized=true`` in the management API."""
        info = self.info
        return {
            "model_version": info.version,
            "labels": LABELS,
            "source_labels": SOURCE_LABELS,
            "taxonomy": GROUPS,
            "max_tokens": info.max_tokens,
            "log_temperature": {
                taxonomy: calibration.coefficients
                for taxonomy, calibration in info.calibration.items()
            },
            "quality": info.quality,
            "architecture": info.architecture,
            "encoder": asdict(self.encoder),
            "quantization": self.quantization and asdict(self.quantization),
            "settings": asdict(settings),
        }
