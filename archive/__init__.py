"""Builds the archive that TorchServe serves, from `handler/` and a model folder."""
