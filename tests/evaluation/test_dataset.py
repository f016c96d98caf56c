"""GoEmotions is read as it is written; if it can't be read, the error says what to do."""

import pytest

from evaluation.dataset import Comment, DataUnavailableError, load_split


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GOEMOTIONS_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        'He said "no',
        '"quoted"',
        "'single",
        "NA",
        "null",
        "12",
        "1.50",
        "True",
        " spaces kept ",
        "back\\slash",
        "# no remark",
        "a lone carriage\rreturn",
        "a line\u2028separator",
        "it\u2019s 😂, n'est-ce pas?",
    ],
)
def test_a_text_is_read_unchanged(folder, text):
    rows = f"before\t27\tid1\n{text}\t3,10\tid2\nafter\t0\tid3\n"
    (folder / "dev.tsv").write_bytes(rows.encode())
    assert load_split("dev") == [
        Comment("before", (27,), "id1"),
        Comment(text, (3, 10), "id2"),
        Comment("after", (0,), "id3"),
    ]


def test_a_changed_file_is_read_anew_and_nothing_is_left_beside_it(folder):
    for text in ("one", "two"):
        (folder / "test.tsv").write_text(f"{text}\t1\tid1\n", encoding="utf-8")
        assert load_split("test") == [Comment(text, (1,), "id1")]
    assert [file.name for file in folder.iterdir()] == ["test.tsv"]


def test_a_missing_file_is_named_with_what_to_do(folder):
    with pytest.raises(DataUnavailableError, match=r"no file train\.tsv.*Name a folder.*unset"):
        load_split("train")


@pytest.mark.parametrize("labels", ["", "28", "-1", "joy", "1,,2", "1;2"])
def test_labels_that_are_none_are_refused_by_row(folder, labels):
    (folder / "dev.tsv").write_text(f"fine\t1\tid1\nbad\t{labels}\tid2\n", encoding="utf-8")
    with pytest.raises(DataUnavailableError, match=r"dev\.tsv, row 2: the labels are .* 0 to 27"):
        load_split("dev")


@pytest.mark.parametrize("content", [b"a\tb\tc\td\te\n", b"\xff\xfe\x00\t1\tid\n", b""])
def test_a_file_that_is_no_goemotions_is_refused_by_name(folder, content):
    (folder / "dev.tsv").write_bytes(content)
    with pytest.raises(DataUnavailableError, match=r"dev\.tsv"):
        load_split("dev")


def test_without_a_hub_the_error_says_to_name_a_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("GOEMOTIONS_DIR", raising=False)
    # What HF_HUB_OFFLINE=1 sets; a Hub out of reach ends alike, after 20 s of retries.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path)
    with pytest.raises(DataUnavailableError, match="set GOEMOTIONS_DIR to a folder"):
        load_split("dev")
