"""The training of ``model/`` from GoEmotions, its export and its study."""

import evaluation  # noqa: F401 - sets what matplotlib and others read at their import
