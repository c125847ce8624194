"""Running heads and page numbers of a PDF: what stands at one height on page after page, apart from the text.

Left in, they would cut every sentence that goes on over a page, and be taken for the headings of what stands below. The
first of each stays if it has a word that the document has nowhere else. Runs in the child process.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from qa.reading.layout import WIDER, Line, usual_step

EDGE = 2
"""Lines at the top of a page, and at its end, that may be running ones."""

OFTEN = 3
"""Pages that have the same line at the same height."""

FRONT = 30
"""Most pages that are counted apart, or not at all, before a book's page 1; so that "Invoice 1002" is none of them."""

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")

Key = tuple[str, int]


def without_running(pages: Mapping[int, Sequence[Line]]) -> dict[int, list[Line]]:
    """The pages by their numbers, without the lines that were running along on an earlier one."""
    far = WIDER * usual_step(*pages.values())
    edges = {number: dict(_edges(lines, far)) for number, lines in pages.items()}
    seen = Counter(
        key for number, lines in edges.items() for line in lines.values() for key in set(_keys(line, number))
    )
    often = {key for key, count in seen.items() if count >= OFTEN}
    running = {
        (number, i): keys
        for number, lines in edges.items()
        for i, line in lines.items()
        if (keys := often.intersection(_keys(line, number)))
    }
    if not running:
        return {number: list(lines) for number, lines in pages.items()}
    elsewhere = {
        word
        for number, lines in pages.items()
        for i, line in enumerate(lines)
        if (number, i) not in running
        for word in _words(line.text)
    }
    met: set[Key] = set()
    kept: dict[int, list[Line]] = {number: [] for number in pages}
    for number, lines in pages.items():
        for i, line in enumerate(lines):
            keys = running.get((number, i), set())
            if not keys or not (keys & met or _words(line.text) <= elsewhere):
                kept[number].append(line)
            met |= keys
    return kept


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _edges(lines: Sequence[Line], far: float) -> Iterator[tuple[int, Line]]:
    """The first and last lines of a page with their places, which stand this far off from what is further inside."""
    downwards = sorted(range(len(lines)), key=lambda i: -lines[i].height)
    for order in (downwards, downwards[::-1]):
        outer = order[: EDGE + 1]
        gaps = [abs(lines[a].height - lines[b].height) > far for a, b in pairwise(outer)]
        for i in outer[: max((n + 1 for n, gap in enumerate(gaps) if gap), default=0)]:
            yield i, lines[i]


def _keys(line: Line, page: int) -> Iterator[Key]:
    """What a line has in common with the same one of another page: its words, or those around its page's number."""
    height = round(line.height)
    numbers = list(_NUMBER.finditer(line.text))
    bare = not any(map(str.isalpha, line.text))
    if not bare:
        yield line.text, height
    for match in numbers if any(map(str.isalnum, line.text)) else ():
        ahead = int(match[0]) - page
        if abs(ahead) <= FRONT or bare:
            yield f"{line.text[: match.start()]}\0{ahead}\0{line.text[match.end() :]}", height
