"""The parts of the training loop: a trainer, and what happens between its steps."""
