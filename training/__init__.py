"""The training of ``model/`` from GoEmotions, its export and its study."""
