"""Builds the archive that TorchServe serves, from `handler/` and a model folder."""

import goemotions  # noqa: F401 - keeps what is imported next from sending anything
