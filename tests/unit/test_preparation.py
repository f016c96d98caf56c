import pytest
from hypothesis import given
from hypothesis import strategies as st

from goemotions.preparation import prepare_text, replace_lone_surrogates


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_text_is_left_as_it_is(text):
    assert prepare_text(text) == text


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("so funny 😂", "face with tears of joy"),
        ("👨‍👩‍👧", "family man woman girl"),
        ("❤", "red heart"),
        ("❤️", "red heart"),
    ],
)
def test_an_emoji_is_read_as_its_name(comment, words):
    prepared = prepare_text(comment)
    assert words in prepared
    assert prepared.isascii()


@pytest.mark.parametrize("tone", [chr(code) for code in range(0x1F3FB, 0x1F400)])
def test_a_skin_tone_changes_nothing(tone):
    assert prepare_text(f"well done 👍{tone}") == prepare_text("well done 👍")


def test_other_languages_and_accents_are_left_as_they_are():
    assert prepare_text("déjà vu, 美, שלום") == "déjà vu, 美, שלום"


@given(st.text(st.characters(exclude_categories=())))
def test_what_comes_out_can_always_be_written_as_utf_8(text):
    prepare_text(text).encode("utf-8")
    replace_lone_surrogates(text).encode("utf-8")


def test_a_lone_surrogate_is_read_as_the_replacement_character():
    assert replace_lone_surrogates("a\ud800b\udfff") == "a�b�"
