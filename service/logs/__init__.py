"""The log folder of an instance: its health, its mending, and what workers print there."""
