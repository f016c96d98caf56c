"""Encoders: token ids in, logits out. The classifier knows their protocol alone."""
