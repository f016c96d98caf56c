import pytest
from tokenizers import Tokenizer

from archive.inputs import REPOSITORY
from benchmarks.errors import BenchmarkError
from benchmarks.lengths import comments_of_tokens
from benchmarks.workload import load_workload

TOKENIZER = REPOSITORY / "model" / "tokenizer.json"


@pytest.mark.parametrize("tokens", [3, 8, 64, 256])
def test_each_text_is_read_as_so_many_tokens(tokens):
    texts = comments_of_tokens(TOKENIZER, load_workload(1).comments, tokens, count=20)
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    assert [len(tokenizer.encode(text)) for text in texts] == [tokens] * 20
    assert len(set(texts)) > 1


def test_too_few_texts_are_told():
    with pytest.raises(BenchmarkError, match="1 of 20 texts of 8 tokens"):
        comments_of_tokens(TOKENIZER, ["I love this so very much"], 8, count=20)
