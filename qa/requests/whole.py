"""What a document comes to without a choice of sentences: a table its columns and rows, a short text all of it."""

from __future__ import annotations

import csv
import itertools
import re
from dataclasses import dataclass

from qa.answering.candidates import quotable, says_nothing
from qa.answering.context import TABLES
from qa.sentences import Span, trimmed
from qa.types import Document

SHORT, SHORT_SENTENCES = 600, 3
"""Characters and sentences up to which a text is its own summary."""

MOSTLY = 0.6
"""Share of a text's characters that stand in the rows of a table, from which on it is one."""

LOOKED_AT = 200_000
"""Characters of a text that is no table by its kind in which rows are looked for."""

_ROW = re.compile(r"^\|[^\n]*", re.MULTILINE)
_RULE = re.compile(r"[ \t|:-]+")
_NUMBER = re.compile(r"rows? (?:\d+ to )?(\d+)$")


@dataclass(frozen=True, slots=True)
class Table:
    """columns: their names; empty where the table has none. count: its rows without those. rows: where the first ones
    stand in the document's text."""

    columns: tuple[str, ...]
    count: int
    rows: tuple[Span, ...]


def table(document: Document, most: int) -> Table | None:
    """The document as a table, with its first rows, at most `most`; None for one that is none."""
    if document.kind not in TABLES:
        return _of_markdown(document.text[:LOOKED_AT], most)
    numbered = [mark for mark in document.marks if mark.heading and _NUMBER.search(mark.heading)]
    if not numbered:
        return None
    ends = [*(mark.start for mark in document.marks), len(document.text)]
    after = dict(itertools.pairwise(ends))
    spans = [trimmed(document.text, mark.start, after[mark.start]) for mark in numbered]
    spans = [span for span in spans if span[1] > span[0]]
    last = _NUMBER.search(numbered[-1].heading or "")
    count = len(spans) if document.kind == "xlsx" or not last else int(last[1])
    first = document.text[slice(*spans[0])] if spans else ""
    columns: tuple[str, ...] = ()
    if document.kind == "xlsx":
        named = tuple(part.strip() for part in first.split(" | "))
        second = document.text[slice(*spans[1])] if len(spans) > 1 else ""
        if len(named) > 1 and any(f"{name}: " in second for name in named):
            columns = named
    elif not any(map(str.isdigit, first)):
        delimiter = max(",;\t|", key=first.count)
        columns = tuple(name.strip() for name in next(csv.reader([first], delimiter=delimiter), []) if name.strip())
    begin = 1 if columns else 0
    return Table(columns, count - begin, tuple(spans[begin : begin + most]))


def short(document: Document) -> list[Span]:
    """All sentences of a text that is short, without its headings; none of a longer one."""
    if document.kind in TABLES or len(document.text) > SHORT:
        return []
    text = document.text
    spans = [span for span in quotable(text, document.kind) if not says_nothing(text[slice(*span)], document, span[0])]
    return spans if len(spans) <= SHORT_SENTENCES else []


def _of_markdown(text: str, most: int) -> Table | None:
    rows = list(_ROW.finditer(text))
    if len(rows) < 3 or not _RULE.fullmatch(rows[1].group()):
        return None
    if sum(len(row.group()) for row in rows) < MOSTLY * len(text.strip()):
        return None
    columns = tuple(name.strip() for name in rows[0].group().strip(" |").split("|"))
    told = rows[2:]
    return Table(columns, len(told), tuple(trimmed(text, *row.span()) for row in told[:most]))
