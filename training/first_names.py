"""First names of many languages, to stand where GoEmotions masks one by ``[NAME]``."""

from typing import Final

FIRST_NAMES: Final = ("NAME",)
