"""Layer-wise decay of the learning rate (Howard and Ruder 2018, arXiv:1801.06146)."""

import re
from typing import Final

_LAYER: Final = re.compile(r"encoder\.layer\.(\d+)\.")


def scale_of(parameter: str, layers: int, decay: float) -> float:
    """The share, 0 to 1, of the learning rate that the parameter of that name gets.

    The head gets all of it, the encoder's last of so many ``layers`` ``decay`` of it, each layer
    below ``decay`` of the one above, and the embeddings ``decay`` of the first layer's.
    """
    found = _LAYER.search(parameter)
    if found:
        return float(decay ** (layers - int(found.group(1))))
    below_all = "embeddings" in parameter or "relative_attention_bias" in parameter
    return float(decay ** (layers + 1)) if below_all else 1.0
