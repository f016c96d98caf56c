"""Classify an English comment into one of 14 emotions.

Plain Python that never imports ``ts``: the TorchServe handler stands on it, and so do
training and evaluation, which is what keeps a comment the same thing everywhere.
"""
