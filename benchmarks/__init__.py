"""This service, what one would use instead, and the limits of both, side by side in one run."""

import evaluation  # noqa: F401 - sets what matplotlib and others read at their import
