"""A few comments in place of GoEmotions' dev split, with what raters might have said of them."""

from goemotions.taxonomy import SOURCE_LABELS

COMMENTS = [
    ("Thank you so much, you saved my day!", "gratitude"),
    ("I love you, I love all of this", "love"),
    ("lol that is hilarious, I can't stop laughing", "amusement"),
    ("Why would they do that? How does it work?", "curiosity"),
    ("I am so sorry, I apologize for what I did", "remorse"),
    ("Wow, I did not expect that, what a surprise!", "surprise"),
    ("The train leaves at nine.", "neutral"),
    ("I'm scared to death", "fear"),
]


def write_dev(folder):
    """Write ``dev.tsv`` into ``folder``, which GOEMOTIONS_DIR can name then; returns it."""
    rows = [
        f"{text}\t{SOURCE_LABELS.index(label)}\tid{number}\n"
        for number, (text, label) in enumerate(COMMENTS)
    ]
    (folder / "dev.tsv").write_text("".join(rows), encoding="utf-8")
    return folder
