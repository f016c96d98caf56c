"""The quality of a model is also measured on comments that training has not seen."""

from evaluation.dataset import Comment
from evaluation.quality import find_unseen


def test_a_text_of_train_is_known_again_whatever_its_case_and_spaces():
    train = [Comment("Thank  You so much", (15,), "id1")]
    asked = [Comment("thank you SO much ", (15,), "id2"), Comment("thank you", (15,), "id3")]
    assert find_unseen(asked, train).tolist() == [False, True]
