"""Spans of documents -> citations, each compared with the document's stored text."""

from __future__ import annotations

import re
from collections.abc import Callable

from qa.types import Citation, Document, mark_at

DocumentOf = Callable[[str], Document]
"""The document of a source as it is stored: its text, marks and sha256. LookupError for a source that has gone."""

_MARK_LIKE = re.compile(r"\[(\s*\d+\s*)\]")
_SPACE = re.compile(r"\s+")


def cite(number: int, source: str, start: int, end: int, quote: str, document_of: DocumentOf) -> Citation | None:
    """The citation of `quote`, which stood at document.text[start:end]; None when the stored text says otherwise.

    Page, heading and line are those of the quote's first character.
    """
    try:
        document = document_of(source)
    except LookupError:  # removed from the library while the question was answered
        return None
    if not 0 <= start < end or document.text[start:end] != quote:
        return None
    mark = mark_at(document.marks, start)
    line = document.text.count("\n", 0, start) + 1
    return Citation(number, quote, source, mark.page, mark.heading, line, start, end, document.sha256, verified=True)


def shown(quote: str) -> str:
    """A quote as it stands in an answer's text: white space folded, and nothing in it that reads like a mark of ours.

    A "[3]" of the document's own becomes "[ 3 ]" with no-break spaces; the citation keeps it as it was.
    """
    return _MARK_LIKE.sub(lambda match: f"[\u00a0{match[1].strip()}\u00a0]", _SPACE.sub(" ", quote).strip())
