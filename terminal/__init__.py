"""The parts that all commands share: their end, and the folder of their results."""
