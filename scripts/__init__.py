"""What the make targets call: ``python -m scripts.NAME``."""
