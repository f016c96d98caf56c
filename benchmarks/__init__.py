"""This service, what one would use instead, and the limits of both, side by side in one run."""
