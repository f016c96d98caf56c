"""A whole classifier small enough for memory: a word tokenizer, and one word for each label."""

from collections.abc import Sequence

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from goemotions.calibration import Calibration
from goemotions.classifier import Classifier
from goemotions.taxonomy import SOURCE_LABELS, Taxonomy
from goemotions.tokens import CommentTokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


class BagOfLabels:
    """An encoder whose logits are 4 for each time that a source label's name is in a comment."""

    labels = 28

    def logits(self, batch: Sequence[Sequence[int]]) -> np.ndarray:
        rows = [np.bincount(ids, minlength=len(SPECIAL) + 28)[len(SPECIAL) :] for ids in batch]
        return 4 * np.array(rows, np.float32).reshape(-1, 28)


@pytest.fixture
def tokenizer_file(tmp_path):
    vocabulary = {word: index for index, word in enumerate([*SPECIAL, *SOURCE_LABELS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.add_special_tokens(SPECIAL)
    file = tmp_path / "tokenizer.json"
    tokenizer.save(str(file))
    return file


@pytest.fixture
def classifier(tokenizer_file):
    return Classifier(
        CommentTokenizer(tokenizer_file, max_tokens=8),
        BagOfLabels(),
        {Taxonomy.SERVED: Calibration(np.log(0.5)), Taxonomy.ORIGINAL: Calibration(np.log(2.0))},
    )
