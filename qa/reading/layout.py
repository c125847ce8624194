"""Paragraphs and headings of a PDF page, told by the size, weight and height of its lines. Runs in the child process.

A PDF holds neither: only characters at places. Without this a heading would become the beginning of the sentence below
it, and would be quoted as such. It never changes or drops a word; it only decides where blank lines stand.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

LARGER = 1.15
"""A line is a heading when its letters are so many times as large as most of the document's."""

WIDER = 1.3
"""A paragraph begins where the step down from line to line is so many times as large as the page's usual one."""

LONGEST = 150
"""Most characters of a heading's line."""

_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_ENDS = (".", ",", ";", "!", "?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: its words, the height of its base line, the size of its letters, whether all are bold."""

    text: str
    height: float
    size: float
    bold: bool


@dataclass(slots=True)
class PageText:
    """Collects what pypdf reports while it extracts a page's text; the lines joined are that text."""

    _lines: list[Line] = field(default_factory=list)
    _pieces: list[tuple[str, float, float, bool]] = field(default_factory=list)

    def visit(self, text: str, matrix: Any, text_matrix: Any, font: Any, size: Any) -> None:
        """pypdf's visitor_text: a piece of text, the two matrices it is placed by, its font and size."""
        height = text_matrix[4] * matrix[1] + text_matrix[5] * matrix[3] + matrix[5]
        scale = math.hypot(text_matrix[2], text_matrix[3]) * math.hypot(matrix[2], matrix[3])
        bold = bool(_BOLD.search(str((font or {}).get("/BaseFont", ""))))
        head, *rest = text.split("\n")
        self._pieces.append((head, float(height), float(size) * scale, bold))
        for piece in rest:
            self._end_line()
            self._pieces.append((piece, float(height), float(size) * scale, bold))

    def lines(self) -> list[Line]:
        """The page's lines that hold text."""
        self._end_line()
        return self._lines

    def _end_line(self) -> None:
        written = [piece for piece in self._pieces if piece[0].strip()]
        if written:
            text = "".join(piece[0] for piece in self._pieces)
            _, height, size, _ = max(written, key=lambda piece: len(piece[0]))
            self._lines.append(Line(text.strip(), height, round(size, 1), all(piece[3] for piece in written)))
        self._pieces = []


def body_style(lines: Iterable[Line]) -> tuple[float, bool]:
    """The size and weight that most of a document's characters have."""
    counts: Counter[tuple[float, bool]] = Counter()
    for line in lines:
        counts[line.size, line.bold] += len(line.text)
    return counts.most_common(1)[0][0] if counts else (0.0, False)


def usual_step(*pages: Sequence[Line]) -> float:
    """How far most lines stand below the one before; 0 where none does."""
    down = Counter(step for lines in pages for step in _steps(lines) if step > 0)
    return down.most_common(1)[0][0] if down else 0.0


def _steps(lines: Sequence[Line]) -> list[float]:
    return [round(above.height - below.height, 1) for above, below in pairwise(lines)]


def paragraphs(lines: Sequence[Line], body: tuple[float, bool]) -> Iterator[tuple[str, bool]]:
    """The page's blocks in order, each with whether it is a heading."""
    steps = _steps(lines)
    usual = usual_step(lines)
    block: list[str] = []
    last: Line | None = None
    last_heading = False
    for index, line in enumerate(lines):
        step = steps[index - 1] if index else 0.0
        gap = last is None or step > usual * WIDER
        heading = _is_heading(line, body, gap or last_heading)
        same = last is not None and heading and last_heading and last.size == line.size and step < 2 * line.size
        if block and (heading != last_heading or (heading and not same) or (gap and not heading)):
            yield "\n".join(block), last_heading
            block = []
        block.append(line.text)
        last, last_heading = line, heading
    if block:
        yield "\n".join(block), last_heading


def _is_heading(line: Line, body: tuple[float, bool], stands_off: bool) -> bool:
    size, bold = body
    if len(line.text) > LONGEST or not any(character.isalpha() for character in line.text):
        return False
    if line.size >= size * LARGER:
        return True
    weighty = line.bold and not bold and line.size >= size
    return weighty and stands_off and not line.text.endswith(_ENDS) and not line.text[0].islower()
