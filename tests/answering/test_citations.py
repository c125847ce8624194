"""Citations are made for what a document says, and for nothing else."""

from __future__ import annotations

import pytest

from qa.answering.citations import cite, shown
from qa.types import Document, Mark

TEXT = "First page.\nStill first.\nSecond page begins. It ends."
DOCUMENT = Document("/a.pdf", TEXT, "pdf", "f" * 64, (Mark(0, 1, "One"), Mark(25, 2, "Two")))


def documents(source: str) -> Document:
    return {"/a.pdf": DOCUMENT}[source]


def test_page_heading_and_line_are_those_of_the_quotes_own_start() -> None:
    citation = cite(3, "/a.pdf", 25, 44, "Second page begins.", documents)
    assert citation is not None
    assert (citation.number, citation.page, citation.heading, citation.line) == (3, 2, "Two", 3)
    assert citation.sha256 == "f" * 64
    assert citation.verified


@pytest.mark.parametrize(
    ("source", "start", "end", "quote"),
    [
        ("/a.pdf", 25, 44, "Second page began.."),
        ("/a.pdf", 24, 43, "Second page begins."),
        ("/a.pdf", -9, 52, "It ends."),
        ("/a.pdf", 5, 5, ""),
        ("/gone.pdf", 0, 11, "First page."),
    ],
)
def test_what_the_document_does_not_say_there_is_not_cited(source: str, start: int, end: int, quote: str) -> None:
    assert cite(1, source, start, end, quote, documents) is None


def test_shown_folds_white_space_and_tells_brackets_from_marks() -> None:
    assert shown(" two\n  lines\t") == "two lines"
    assert shown("as said [3] and [ 14 ]") == "as said [\u00a03\u00a0] and [\u00a014\u00a0]"
    assert shown("[a] [3a] [3, 4]") == "[a] [3a] [3, 4]"
