"""The classification of an English comment into one of 14 emotions.

Plain Python that never imports ``ts``. The TorchServe handler, training and evaluation all use it,
so that a comment is prepared, tokenised and folded in the same way everywhere.
"""
