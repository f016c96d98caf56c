"""Training takes a part of the split, puts first names into it, and makes targets of it."""

import pytest

from evaluation.dataset import Comment
from training.preparation import choose_rows, first_names, gold_targets, name_the_masked
from training.settings import TrainingSettings

pytestmark = pytest.mark.weights

NAMED = [
    Comment(f"Thanks [NAME], says [NAME] {number}", (15,), str(number)) for number in range(50)
]
NAMELESS = [Comment("Thanks a lot", (15,), "x")]


def test_the_whole_split_is_all_of_its_rows_in_order():
    assert choose_rows(7, 1.0) == [0, 1, 2, 3, 4, 5, 6]


def test_a_part_is_the_same_one_each_time():
    assert choose_rows(1000, 0.33) == choose_rows(1000, 0.33)
    assert len(set(choose_rows(1000, 0.33))) == 330


@pytest.mark.parametrize(("share", "fewest", "most"), [(0.0, 0, 0), (0.5, 15, 35), (1.0, 50, 50)])
def test_a_share_of_the_masked_comments_gets_names(share, fewest, most):
    named = name_the_masked(NAMED + NAMELESS, share, seed=1)
    assert fewest <= sum("[NAME]" not in comment.text for comment in named[:-1]) <= most
    assert named[-1] == NAMELESS[0]


def test_every_mask_of_a_named_comment_becomes_a_known_name():
    for before, after in zip(NAMED, name_the_masked(NAMED, 1.0, seed=1), strict=True):
        words = after.text.replace(",", "").split()
        assert words[1] in first_names()
        assert words[3] in first_names()
        assert (after.id, after.source_indices) == (before.id, before.source_indices)


def test_the_same_seed_gives_the_same_names_and_another_others():
    assert name_the_masked(NAMED, 0.5, seed=1) == name_the_masked(NAMED, 0.5, seed=1)
    assert name_the_masked(NAMED, 0.5, seed=1) != name_the_masked(NAMED, 0.5, seed=2)


def test_the_softmax_loss_learns_distributions_and_the_sigmoid_loss_indicators():
    comments = [Comment("both", (1, 4), "id")]
    soft = gold_targets(comments, TrainingSettings(label_smoothing=0.0))
    hard = gold_targets(comments, TrainingSettings(loss="sigmoid"))
    assert soft[0, [1, 4]].tolist() == [0.5, 0.5]
    assert hard[0, [1, 4]].tolist() == [1.0, 1.0]
    assert hard.sum().item() == 2.0


def test_there_are_hundreds_of_names_each_once():
    assert len(set(first_names())) == len(first_names()) > 500
