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
_SPACE = re.compile(r"\s*")
_ITEM_NUMBER = re.compile(r"\s*\(?(?:\d{1,3}|[a-z])[.)]\s*")
_ABBREVIATED = re.compile(r"\b(?:vols?|nos?|pp?|approx|ch|chap|sec|eqs?|figs?)\.\s*$", re.IGNORECASE)
"""Abbreviations that a number follows, which the splitter does not know."""

_ORDINAL = re.compile(
    r"""(?:(?<!I[ ])\b(?:[Aa]m|[Vv]om|[Dd]er|[Dd]em|[Zz]um|[Zz]ur|[Ii]m|[Bb]eim|[Ss]eit|[Bb]is)\s+\d{1,3}\.\s*$)""",
    re.VERBOSE,
)
"""German writes "am 12. Juni" and "im 19. Jahrhundert"; the splitter has no language to go by but English."""

_UNMARKED_END = re.compile(
    "(?<=[\u0e01-\u0e4e\u0e81-\u0ece]) +(?=[\u0e01-\u0e4e\u0e81-\u0ece])|(?<=[\u17d4\u17d5])[ \u200b]*"
)
"""Thai and Lao end a sentence with a space, and may have one between clauses; Khmer has signs of its own. The splitter
knows neither."""

LEAST_UNMARKED = 30
"""Characters from which on such a space is taken for the end of a sentence: between clauses there are fewer."""

_TAIL = 20  # characters, more than an abbreviation or the number of an item has
_WINDOW = 4000
"""Characters that the splitter is given at once: its time grows with the square (16 MB/s at 5,000, 0.7 at 100,000)."""


def sentence_spans(text: str, kind: str = "txt") -> list[Span]:
    """Spans that tile the text, each one sentence, list item, table row or heading with the white space after it.

    Abbreviations, initials and numbers do not end a sentence (sentencex). A span without any word joins its neighbour.
    """
    spans: list[Span] = []
    for start, end in blocks(text, kind):
        spans += [(start, end)] if text.startswith("|", start) else _sentences(text, start, end)
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
    """The sentences of a block, found window by window; each begins where the last sentence of the one before does."""
    spans: list[Span] = []
    while start < end:
        stop = min(start + _WINDOW, end)
        ends = _ends(text, start, stop)
        for last in ends[:-1] if stop < end and len(ends) > 1 else ends:
            spans.append((start, last))
            start = last
    return spans


def _ends(text: str, start: int, stop: int) -> list[int]:
    """Where the sentences of a window end, white space after them included; the last one is `stop`."""
    window = text[start:stop]
    parts = sentencex.segment("en", window)
    if "".join(parts) != window:  # the splitter is not ours: what it lost or changed is kept whole instead
        return [stop]
    ends = []
    for part in parts:
        if not part.isascii():
            ends += _unmarked_ends(text, start, start + len(part))
        start += len(part)
        space = _SPACE.match(text, start, stop)
        ends.append(space.end() if space else start)
    return sorted({*ends, stop})


def _unmarked_ends(text: str, start: int, end: int) -> list[int]:
    """Where sentences end that the splitter takes for one, in scripts without a full stop."""
    ends: list[int] = []
    for match in _UNMARKED_END.finditer(text, start, end):
        if match.end() - start >= LEAST_UNMARKED or match.start() == match.end() or text[match.start() - 1] in "។៕":
            start = match.end()
            ends.append(start)
    return ends


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """Spans without a word join the one before, or at the beginning the one after; the "2." of a list its item."""
    joined: list[Span] = []
    waiting = False  # the last span is not a sentence yet
    for start, end in spans:
        worded = _WORD.search(text, start, end) is not None
        if joined and (waiting or not worded):
            joined[-1] = (joined[-1][0], end)
            waiting = waiting and not worded
        else:
            joined.append((start, end))
            waiting = not worded
        tail = max(start, end - _TAIL)
        number_next = text[end : end + 1].isdigit() and _ABBREVIATED.search(text, tail, end) is not None
        number_next = number_next or _ORDINAL.search(text, tail, end) is not None
        waiting = waiting or number_next or _ITEM_NUMBER.fullmatch(text, start, min(end, start + _TAIL)) is not None
    return joined
