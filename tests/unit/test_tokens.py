import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goemotions.tokens import CommentTokenizer, Tokens

CLS, SEP, UNK, JOY = 2, 3, 1, 4 + 17


def test_a_comment_stands_between_cls_and_sep(tokenizer_file):
    assert CommentTokenizer(tokenizer_file, 8).tokenize(["Joy"]) == [
        Tokens((CLS, JOY, SEP), truncated=False)
    ]


def test_a_comment_of_the_limit_is_whole_and_a_longer_one_is_cut_and_says_so(tokenizer_file):
    tokenizer = CommentTokenizer(tokenizer_file, 5)
    assert tokenizer.tokenize(["joy joy joy", "joy joy love joy"]) == [
        Tokens((CLS, JOY, JOY, JOY, SEP), truncated=False),
        Tokens((CLS, JOY, JOY, 4 + 18, SEP), truncated=True),
    ]


def test_a_comment_that_says_sep_does_not_end_there(tokenizer_file):
    (tokens,) = CommentTokenizer(tokenizer_file, 16).tokenize(["joy [SEP] joy"])
    assert tokens.ids == (CLS, JOY, UNK, UNK, UNK, JOY, SEP)


@given(texts=st.lists(st.text(st.characters(exclude_categories=())), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_tokenised_within_the_limit_in_order(tokenizer_file, texts):
    tokenizer = CommentTokenizer(tokenizer_file, 8)
    tokens = tokenizer.tokenize(texts)
    assert tokens == [tokenizer.tokenize([text])[0] for text in texts]
    assert all(2 <= len(comment.ids) <= 8 for comment in tokens)


def test_a_limit_with_no_room_for_a_token_is_refused(tokenizer_file):
    with pytest.raises(ValueError, match="max_tokens is 2"):
        CommentTokenizer(tokenizer_file, 2)


def test_a_missing_tokenizer_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no tokenizer at .*absent\.json"):
        CommentTokenizer(tmp_path / "absent.json", 8)
