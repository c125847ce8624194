"""Text -> sentences, as spans that leave no gap. Both chunking and quoting cut along them."""

from __future__ import annotations

import itertools
import re

import sentencex

Span = tuple[int, int]

LINE_KINDS = frozenset({"csv", "tsv", "xlsx", "jsonl", "json", "log", "code"})
"""Kinds of document whose lines mean something by themselves, so that a sentence never runs over a line's end."""

_BLOCK_END = re.compile(
    r"""\n(?: [ \t]*\n)+                                  # a blank line
      | \n(?=[ \t]*(?:[-*+•‣▪–]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]) # an item of a list follows
      | \n(?=[ \t]{0,3}(?:\#{1,6}[ \t]|\||>|```|~~~))      # a heading, a row of a table, a quotation or code
      | (?<=\|)[ \t]*\n                                    # a row of a table ends
      | (?m:^[ ]{0,3}\#{1,6}[ \t][^\n]*\n)                  # a heading ends
      | [\f\v\x1c-\x1e\x85\u2028\u2029]+                   # a page, or a line end that is not \n
    """,
    re.VERBOSE,
)
_LINE_END = re.compile(r"\n+")
_WORD = re.compile(r"\w")
_ITEM_NUMBER = re.compile(r"\s*\(?(?:\d{1,3}|[a-z])[.)]\s*")
_LONGEST_BLOCK = 100_000
"""Characters that the splitter is given at once; a file without a single paragraph end stays within bounds."""


def sentence_spans(text: str, kind: str = "txt") -> list[Span]:
    """Spans that tile the text, each one sentence, list item, table row or heading with the white space after it.

    Abbreviations, initials and numbers do not end a sentence (sentencex). A span without any word joins its neighbour.
    """
    spans: list[Span] = []
    for start, end in blocks(text, kind):
        for first in range(start, end, _LONGEST_BLOCK):
            spans += _sentences(text, first, min(first + _LONGEST_BLOCK, end))
    return _joined(text, spans)


def blocks(text: str, kind: str = "txt") -> list[Span]:
    """Spans that tile the text: paragraphs, list items, rows, headings, each with the white space after it."""
    pattern = _LINE_END if kind in LINE_KINDS else _BLOCK_END
    ends = [match.end() for match in pattern.finditer(text)]
    bounds = [0, *(end for end in ends if 0 < end < len(text)), len(text)]
    return [(start, end) for start, end in itertools.pairwise(bounds) if end > start]


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without the white space at its ends."""
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def _sentences(text: str, start: int, end: int) -> list[Span]:
    block = text[start:end]
    parts = sentencex.segment("en", block)
    if "".join(parts) != block:  # the splitter is not ours: what it lost or changed is kept whole instead
        return [(start, end)]
    spans = []
    for part in parts:
        spans.append((start, start + len(part)))
        start += len(part)
    return spans


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """Spans without a word join the one before, or at the beginning the one after; the "2." of a list its item."""
    joined: list[Span] = []
    for start, end in spans:
        waiting = joined and (not _WORD.search(text, *joined[-1]) or _ITEM_NUMBER.fullmatch(text, *joined[-1]))
        if waiting or (joined and not _WORD.search(text, start, end)):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
