"""Words of PDFs that are divided at the end of a line."""

from __future__ import annotations

import pytest

from qa.reading.pdf import read_pdf
from tests.reading.reading_files import pdf


def read(*pages: str) -> str:
    return read_pdf(pdf(*pages), 100_000).text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("They deep-\nened the channel.", "They deepened\nthe channel."),
        ("The long-\nterm plan failed. In the long run\nthe term was too short.", "The long-term\nplan failed."),
        ("The long-\nterm plan. A long-term plan.", "The long-term\nplan."),
        ("We can-\nnot say. We can do it, not they, who cannot.", "We cannot\nsay."),
        ("A self-edu-\ncated man, he said.", "A self-educated\nman, he said."),
        ("It was dredg-\ned.", "It was dredged."),
    ],
)
def test_a_divided_word_is_whole_on_the_line_where_it_begins(written: str, meant: str) -> None:
    assert read(f"Before it.\n{written}").startswith(f"Before it.\n{meant}")


@pytest.mark.parametrize(
    "kept",
    [
        "From 1914-\n1918 there was war.",
        "Jean-\nPaul came.",
        "It ended -\nat last.",
        "pre-\nand post-war ships",
        "a-\n(b)",
    ],
)
def test_what_is_no_divided_word_stays(kept: str) -> None:
    assert read(kept).split() == kept.split()


def test_a_word_is_divided_over_two_pages() -> None:
    assert (
        read("They agreed to dredge the chan-", "nel in the autumn.")
        == "They agreed to dredge the channel\n\fin the autumn."
    )


def test_a_heading_is_not_joined_to_the_text_below() -> None:
    assert read("# Ships and har-\nbours are told of here.") == "Ships and har-\n\nbours are told of here."
