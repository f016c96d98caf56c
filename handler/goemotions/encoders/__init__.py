"""Encoders, from token ids to logits; the classifier uses only their protocol."""
