"""The behaviour of a model on comments written for the purpose, capability by capability.

After CheckList: Ribeiro et al. 2020, "Beyond Accuracy: Behavioral Testing of NLP Models with
CheckList", arXiv:2005.04118. The comments are the TOML files in ``capabilities/``.
"""
