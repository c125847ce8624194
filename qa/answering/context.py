"""What a sentence stands under: its headings, the names of its table's columns, and its document's own names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from qa.types import Document, Mark, mark_at

TABLES = frozenset({"csv", "tsv", "xlsx"})
"""Kinds of document that consist of rows; what stands there for a heading is a row's number."""

MOST_ABOVE = 200
"""Headings, and lines of a table, that are looked at backwards from a sentence."""

_DEPTH = re.compile(r" {0,3}(#{1,6})[ \t]")


@dataclass(frozen=True, slots=True)
class Context:
    """headings: those that a place stands under, innermost first. columns: the row that names its table's columns.
    named: the document's title, and the name of its file without the suffix."""

    headings: str
    columns: str
    named: str

    @property
    def text(self) -> str:
        """The whole."""
        return "\n".join((self.headings, self.columns, self.named))


def context_of(document: Document, start: int) -> Context:
    """What the sentence at `start` stands under."""
    named = f"{document.title or ''}\n{Path(document.source).stem}"
    if document.kind in TABLES:
        return Context("", document.text.partition("\n")[0] if document.kind != "xlsx" else "", named)
    return Context("\n".join(headings_above(document, start)), _columns(document.text, start), named)


def headings_above(document: Document, start: int) -> list[str]:
    """The heading that a place stands under and, where their signs tell the depth, those above it; innermost first."""
    nearest = mark_at(document.marks, start)
    if not nearest.heading:
        return []
    found, depth = [nearest.heading], _depth(document, nearest)
    before = document.marks[: document.marks.index(nearest)] if depth > 1 else ()
    for mark in before[: -MOST_ABOVE - 1 : -1]:
        if mark.heading and 0 < _depth(document, mark) < depth:
            found.append(mark.heading)
            depth = _depth(document, mark)
    return found


def _depth(document: Document, mark: Mark) -> int:
    """How deep a heading of Markdown is, from 1; 0 for one that is written otherwise."""
    match = _DEPTH.match(document.text, mark.start)
    return len(match[1]) if match else 0


def _columns(text: str, start: int) -> str:
    """The first row of the table of Markdown that a row stands in; "" for what is no row."""
    first = text.rfind("\n", 0, start) + 1
    if not text.startswith("|", first):
        return ""
    for _ in range(MOST_ABOVE):
        above = text.rfind("\n", 0, max(first - 1, 0)) + 1
        if first == 0 or not text.startswith("|", above):
            break
        first = above
    return text[first:].partition("\n")[0]
