"""The model card, and the figures that only the card shows."""
