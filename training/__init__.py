"""Makes ``model/`` from GoEmotions; imports ``goemotions`` (handler/), never the reverse."""
