"""Headings in plain text: Markdown and reStructuredText by their own signs, CSV by its rows.

These run in the caller's process over text of any size, so each takes one pass, in time linear in the text; a full
Markdown parser would take minutes for what a hostile file can hold, to find what few rules say.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa.reading.blocks import MOST_MARKS, clip
from qa.types import Mark

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_CLOSING = re.compile(r"(?:^|[ \t])#+[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_NO_PARAGRAPH = re.compile(r" {0,3}(?:[>|]|[-+*][ \t]|\d{1,9}[.)][ \t]|<|\[[^\]]*\]:)|(?: {4}|\t)")
_HEADING_LINES = 5
"""A paragraph of more lines with a rule under it is taken for a paragraph, whatever the rules of Markdown say."""

_FRONT_TITLE = re.compile(r"title[ \t]*[:=][ \t]*(.*)$", re.IGNORECASE)

_RST_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading found in plain text: where its line begins, its words, and its depth from 1."""

    start: int
    text: str
    level: int


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Each line's offset and its characters without the line end (CR, LF or both; nothing else ends a line)."""
    for match in _LINE.finditer(text):
        yield match.start(), match.group().rstrip("\r\n")


def markdown(text: str) -> tuple[list[Heading], str | None]:
    """The headings of Markdown (ATX and setext; not in code, comments or front matter), and the document's title.

    The title is the front matter's, else the first heading of level 1.
    """
    headings: list[Heading] = []
    start, title = _front_matter(text)
    fence = ""
    comment = other = False
    paragraph: list[tuple[int, str]] = []
    for offset, line in lines_of(text[start:]):
        offset += start
        if len(headings) > MOST_MARKS:
            break
        if comment:
            comment = "-->" not in line
        elif fence:
            if (match := _FENCE.match(line)) and match[1].startswith(fence) and not match[2].strip():
                fence = ""
        elif not line.strip():
            paragraph, other = [], False
        elif (match := _FENCE.match(line)) and not (match[1][0] == "`" and "`" in match[2]):
            fence = match[1]
            paragraph, other = [], False
        elif match := _ATX.match(line):
            if words := _CLOSING.sub("", match[2] or "").strip():
                headings.append(Heading(offset, words, len(match[1])))
            paragraph, other = [], False
        elif paragraph and (match := _SETEXT.match(line)):
            words = " ".join(part.strip() for _, part in paragraph)
            headings.append(Heading(paragraph[0][0], words, 1 if match[1][0] == "=" else 2))
            paragraph = []
        elif line.lstrip().startswith("<!--"):
            comment = "-->" not in line
            paragraph = []
        elif len(paragraph) == _HEADING_LINES or (not paragraph and (other or _NO_PARAGRAPH.match(line))):
            paragraph, other = [], True  # a list, quote, table or long paragraph goes on to the next blank line
        else:
            paragraph.append((offset, line))
    return headings, title or next((heading.text for heading in headings if heading.level == 1), None)


def _front_matter(text: str) -> tuple[int, str | None]:
    """Where the text after a leading YAML or TOML block begins, and the title which that block gives."""
    lines = lines_of(text)
    _, first = next(lines, (0, ""))
    if first.rstrip() not in ("---", "+++"):
        return 0, None
    ends = {"---", "..."} if first.rstrip() == "---" else {"+++"}
    title = None
    for offset, line in lines:
        if line.rstrip() in ends:
            return offset + len(line), title
        if match := _FRONT_TITLE.match(line):
            title = match[1].strip().strip("\"'") or None
    return 0, None


def restructuredtext(text: str) -> tuple[list[Heading], str | None]:
    """The section titles of reStructuredText, under- or overlined, and the first of them as the document's title."""
    headings: list[Heading] = []
    styles: list[str] = []
    before_last, last = (0, ""), (0, "")
    for offset, line in lines_of(text):
        adornment = _RST_ADORNMENT.match(line.rstrip())
        words = last[1].strip()
        if len(headings) > MOST_MARKS:
            break
        if adornment and words and not _RST_ADORNMENT.match(words):
            width = len(line.rstrip())
            over = bool(_RST_ADORNMENT.match(before_last[1].rstrip())) and before_last[1].rstrip() == line.rstrip()
            alone = not before_last[1].strip() and not last[1][0].isspace()
            if (over or alone) and (width >= len(last[1].rstrip()) or width >= 4):
                style = line[0] * (2 if over else 1)
                if style not in styles:
                    styles.append(style)
                start = before_last[0] if over else last[0]
                headings.append(Heading(start, words, styles.index(style) + 1))
                line = ""
        before_last, last = last, (offset, line)
    return headings, headings[0].text if headings else None


def marks_of(headings: list[Heading]) -> tuple[Mark, ...]:
    """Headings as marks; beyond MOST_MARKS a last one without a heading."""
    marks = [Mark(heading.start, heading=clip(heading.text)) for heading in headings[:MOST_MARKS]]
    return (*marks, *(Mark(heading.start) for heading in headings[MOST_MARKS : MOST_MARKS + 1]))


def rows(text: str, tabs: bool = False) -> tuple[Mark, ...]:
    """A mark for each row of CSV, numbered from 1 as a spreadsheet program does, the header and blank rows included.

    A quoted cell may hold line breaks. A row with a stray quote, or one that is never closed, is its one line. Of more
    than MOST_MARKS rows, marks stand for two, four or more at once: "rows 5 to 8".
    """
    starts: list[int] = []
    count, step = 0, 1
    for count, start in enumerate(_row_starts(text, tabs), 1):
        if (count - 1) % step == 0:
            starts.append(start)
        if len(starts) > MOST_MARKS:
            starts, step = starts[::2], step * 2
    ranges = ((first, min(first + step - 1, count)) for first in range(1, count + 1, step))
    names = (f"row {first}" if first == last else f"rows {first} to {last}" for first, last in ranges)
    return tuple(Mark(start, heading=name) for start, name in zip(starts, names, strict=True))


def _row_starts(text: str, tabs: bool) -> Iterator[int]:
    _, first = next(lines_of(text), (0, ""))
    delimiter = "\t" if tabs else max(",;\t|", key=first.count)
    start = 0
    while start < len(text):
        ends: list[int] = []  # of the lines of the row at hand
        reader = csv.reader(_fed(text, start, ends), delimiter=delimiter, strict=True)
        try:
            for _ in reader:
                yield start
                start = ends[-1]
                ends.clear()
        except csv.Error:
            yield start
            start = ends[0]


def _fed(text: str, start: int, ends: list[int]) -> Iterator[str]:
    """Lines for the CSV reader, which takes as many as a row has; `ends` tells where they end."""
    for match in _LINE.finditer(text, start):
        ends.append(match.end())
        yield match.group().rstrip("\r\n") + "\n"
