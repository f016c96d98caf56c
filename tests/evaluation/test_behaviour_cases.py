"""Cases are read from files, and judge the answers of a classifier whose answers are known."""

import pytest

from evaluation.behaviour.cases import Failure, Kind
from evaluation.behaviour.measuring import all_flips, flips_by_capability, measure_behaviour
from evaluation.behaviour.reading import CapabilityError, read_capabilities, read_capability
from evaluation.behaviour.written_names import measure_written_names, read_names
from evaluation.dataset import Comment
from evaluation.intervals import Tally
from goemotions.taxonomy import SOURCE_LABELS
from tests.evaluation.scored_rows import WordClassifier

CLASSIFIER = {
    "happy": ("joy", 0.6),
    "sad": ("sadness", 0.6),
    "very": ("joy", 0.8),
    "slightly": ("joy", 0.4),
}


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


@pytest.fixture
def measure(write):
    """The behaviour in one capability, whose file has this content."""

    def measure_one(content, classifier=None):
        file = write(f'about = "a test"\nminimum = 0.5\n{content}')
        classifier = classifier or WordClassifier(**CLASSIFIER)
        return measure_behaviour(classifier, [read_capability(file)])

    return measure_one


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


def test_names_that_follow_each_other_are_of_different_cultures(write):
    cultures = 'masked = ["[NAME]"]\nfirst = ["Ann", "Ben", "Cid"]\nsecond = ["Dai", "Eve"]'
    assert read_names(write(f"[fillers]\n{cultures}")) == ["Ann", "Dai", "Ben", "Eve", "Cid"]


def tally_of(result):
    return result.passed.count, result.passed.of


def test_a_plain_case_passes_by_any_of_its_labels(measure):
    (result,) = measure("""
        kind = "MFT"
        cases = [{labels = ["joy", "love"], texts = ["I am happy", "I am sad"]}]
    """).results
    assert tally_of(result) == (1, 2)
    assert result.failures == [Failure("I am sad", "sadness 0.60", "joy or love")]


def test_a_label_that_must_never_come_fails_and_any_other_passes(measure):
    (result,) = measure("""
        kind = "MFT"
        cases = [{never = ["joy"], texts = ["I am happy", "I am sad", "I am"]}]
    """).results
    assert tally_of(result) == (2, 3)
    assert result.failures[0].wanted == "anything but joy"


def test_each_variant_is_a_check_against_the_original(measure):
    (result,) = measure("""
        kind = "INV"
        cases = [{variants = [["I am happy.", "i am happy", "I am hapyp."]]}]
    """).results
    assert tally_of(result) == (1, 2)
    assert [failure.text for failure in result.failures] == ["I am hapyp."]


SWAPS = """
    kind = "INV"
    slot = "mood"
    cases = [{templates = ["I am {mood}"]}]
    [fillers]
    good = ["happy", "very", "slightly"]
    bad = ["sad"]
"""


def test_a_pair_of_fillers_is_a_swap_and_a_group_is_judged_by_the_answer_of_most_fillers(measure):
    (result,) = measure(SWAPS).results
    assert tally_of(result) == (3, 6)
    assert result.groups == {"good": Tally(3, 3), "bad": Tally(0, 1)}
    assert result.failures == [Failure("I am {mood}", "sadness for sad", "joy, as for 3 of 4")]


def test_a_slot_that_no_filler_fills_is_refused(measure):
    with pytest.raises(CapabilityError, match="the key 'nood' is missing"):
        measure(SWAPS.replace("{mood}", "{nood}"))


def test_a_filler_may_fill_several_slots_capitalised_if_the_slot_is(measure):
    classifier = WordClassifier()
    measure(
        """
        kind = "INV"
        cases = [{templates = ["{He} saw {his} dog"]}]
        [fillers]
        male = {he = "he", his = "his"}
        female = {he = "she", his = "her"}
        """,
        classifier=classifier,
    )
    assert classifier.asked == ["He saw his dog", "She saw her dog"]


def test_only_swaps_count_as_flips(measure):
    behaviour = measure(SWAPS)
    flips = all_flips(behaviour)
    assert (flips.flipped, flips.swaps, flips.is_met) == (3, 6, False)
    assert [each.name for each in flips_by_capability(behaviour)] == ["some name"]


@pytest.mark.parametrize(
    ("limit", "passed"),
    [
        ("lowest_change = 0.15", [True, False]),
        ("lowest_change = -0.25", [True, True]),
        ("highest_change = -0.15", [False, True]),
    ],
)
def test_the_change_of_the_score_must_be_within_its_limits(measure, limit, passed):
    (result,) = measure(f"""
        kind = "DIR"
        {limit}
        cases = [{{labels = ["joy"], pairs = [
            ["happy am I", "very happy am I"], ["happy am I", "slightly happy am I"]]}}]
    """).results
    assert [outcome.tally.passed == 1 for outcome in result.outcomes] == passed


def test_the_score_of_several_labels_is_their_sum(measure):
    (result,) = measure("""
        kind = "DIR"
        lowest_change = -0.05
        cases = [{labels = ["joy", "sadness"], pairs = [["happy am I", "sad am I"]]}]
    """).results
    assert tally_of(result) == (1, 1)


def test_a_text_of_several_cases_is_asked_once(measure):
    classifier = WordClassifier()
    measure('kind = "INV"\ncases = [{variants = [["one", "two"], ["one", "three"]]}]', classifier)
    assert classifier.asked == ["one", "two", "three"]


def test_a_pass_rate_below_its_minimum_is_missed(measure):
    content = 'kind = "MFT"\ncases = [{{labels = ["joy"], texts = {}}}]'
    assert not measure(content.format('["happy", "sad"]')).missed
    assert measure(content.format('["happy", "sad", "so sad"]')).missed


COMMENTS = [
    Comment("[NAME] is happy", (SOURCE_LABELS.index("joy"),), "id1"),
    Comment("so [NAME] and [NAME]", (SOURCE_LABELS.index("neutral"),), "id2"),
    Comment("nobody", (0,), "id3"),
]


def test_names_are_written_into_comments_with_a_mask_and_flips_and_hits_are_counted():
    # Of six namings two have Cid, who is met with anger; each is one of the three of its comment.
    classifier = WordClassifier(happy=("joy", 0.6), cid=("anger", 0.5))
    names = measure_written_names(classifier, COMMENTS, ["Ann", "Ben", "Cid", "Dee"])
    assert classifier.asked == [
        *("[NAME] is happy", "Ann is happy", "Ben is happy", "Cid is happy"),
        *("so [NAME] and [NAME]", "so Dee and Ann", "so Ann and Ben", "so Ben and Cid"),
    ]
    assert names.comments == 2
    assert names.flips_from_mask.rate == pytest.approx(2 / 6)
    assert names.flips_of_names.rate == pytest.approx(4 / 6)
    assert names.hits_masked.rate == 1
    assert names.hits_named.rate == pytest.approx(4 / 6)


def test_comments_without_a_mask_can_not_be_named():
    with pytest.raises(ValueError, match=r"none of 1 comments has \[NAME\]"):
        measure_written_names(WordClassifier(), COMMENTS[2:], ["Ann"])
