"""The model card, and the figures that it alone shows."""
