"""The classification of an English comment into one of 14 emotions.

Plain Python that never imports ``ts``. The TorchServe handler, training and evaluation all use it,
so that a comment is prepared, tokenised and folded in the same way everywhere.
"""

import os
from typing import Final

NOTHING_SENT: Final = {
    # ONNX Runtime from 1.29 on reports to its maker, and keeps an id of the device below HOME. No
    # call of its API stops that, since it begins with the import.
    "ORT_DISABLE_TELEMETRY": "1",
    # Hugging Face's libraries name the machine's packages in each request; `datasets` counts what
    # is loaded; `transformers` asks for a conversion of weights that are not in safetensors.
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_UPDATE_DOWNLOAD_COUNTS": "0",
    "DISABLE_SAFETENSORS_CONVERSION": "1",
    # What other packages heed, Infinity's among them.
    "DO_NOT_TRACK": "1",
}
"""The variables that keep packages from sending anything of their own accord."""

# Here, because each of these packages reads its variable at import, and this package is imported
# before any of them: each folder whose modules import one imports this one first.
os.environ.update(NOTHING_SENT)
