"""A file of cases that can't be read says what is wrong with it."""

import pytest

from evaluation.behaviour.cases import Kind
from evaluation.behaviour.reading import CapabilityError, read_capabilities, read_capability
from evaluation.behaviour.written_names import read_names

PLAIN = """
about = '''
Of
two lines.'''
kind = "MFT"
minimum = 0.5
[[cases]]
group = "a group"
labels = ["joy", "love"]
texts = ["one", "two"]
"""


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="some_name"):
        file = tmp_path / f"{name}.toml"
        file.write_text(content, encoding="utf-8")
        return file

    return write_file


def test_a_capability_is_what_its_file_says(write):
    capability = read_capability(write(PLAIN))
    assert capability.name == "some name"
    assert capability.about == "Of two lines."
    assert (capability.kind, capability.minimum) == (Kind.MINIMUM_FUNCTIONALITY, 0.5)
    assert [case.texts for case in capability.cases] == [("one",), ("two",)]


def test_capabilities_come_by_kind_and_then_by_name(write, tmp_path):
    variants = 'about = ""\nkind = "INV"\nminimum = 1\ncases = [{variants = [["a", "b"]]}]'
    for name, content in (("a", variants), ("c", PLAIN), ("b", PLAIN)):
        write(content, name)
    assert [capability.name for capability in read_capabilities(tmp_path)] == ["b", "c", "a"]


def test_a_long_text_may_span_several_lines(write):
    (case,) = read_capability(write(PLAIN.replace('["one", "two"]', "['''\ntwo\nlines''']"))).cases
    assert case.texts == ("two lines",)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("minimum = 0.5", "", "the key 'minimum' is missing"),
        ('kind = "MFT"', 'kind = "XYZ"', "'XYZ' is not a valid Kind"),
        ('"love"', '"lust"', "lust is not a label; admiration, amusement"),
        ('labels = ["joy", "love"]', "", "the key 'labels' is missing"),
        ("[[cases]]", "[[cases", "at line 7"),
    ],
)
def test_a_mistake_is_named_with_its_file(write, before, after, message):
    file = write(PLAIN.replace(before, after))
    with pytest.raises(CapabilityError, match=r"some_name\.toml") as error:
        read_capability(file)
    assert message in str(error.value)


def test_a_slot_that_no_filler_fills_is_refused(write):
    file = write("""
        about = ""
        kind = "INV"
        minimum = 1
        slot = "name"
        cases = [{templates = ["{nane} is here"]}]
        [fillers]
        any = ["Ann", "Ben"]
    """)
    with pytest.raises(CapabilityError, match="the key 'nane' is missing"):
        read_capability(file)


def test_names_that_follow_each_other_are_of_different_cultures(write):
    file = write("""
        about = ""
        kind = "INV"
        minimum = 1
        slot = "name"
        cases = [{templates = ["{name} is here"]}]
        [fillers]
        masked = ["[NAME]"]
        first = ["Ann", "Ben", "Cid"]
        second = ["Dai", "Eve"]
    """)
    assert read_names(file) == ["Ann", "Dai", "Ben", "Eve", "Cid"]
