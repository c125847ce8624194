"""Where the lines of a text begin when it is wrapped to a width. Made for texts of millions of characters.

The texts have passed `qa.display.visible` and hold no tabs, so that "\\n" is the only character without a cell of its
own kind, and an ASCII character takes one cell.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate

from rich.cells import get_character_cell_size

NARROWEST = 2
"""Cells of the narrowest line: every character fits."""

BLOCK = 1 << 14
"""Characters looked at together. Between blocks other threads go on, and a wide character slows its own block alone."""

_JOINER, _EMOJI = "\u200d", "\ufe0f"


class _Cells(dict[str, int]):
    """The cells of a character, measured once. U+FE0F can widen the one before it by a cell."""

    def __missing__(self, character: str) -> int:
        cells = 0 if character == "\n" else 1 if character == _EMOJI else get_character_cell_size(character)
        self[character] = cells
        return cells


def line_starts(text: str, width: int) -> array[int]:
    """The offsets at which the lines begin: line n is `text[starts[n] : starts[n + 1]]`, the last goes to the end.

    A line ends behind a newline, or, where the next character would be beyond the width (in cells), behind the last
    space or wide character, or else at the width. Spaces at the end of a line may stand beyond the width, and so may
    a newline: they are not drawn. Every character is in exactly one line; an empty text has one line.
    """
    width = max(width, NARROWEST)
    size = max(BLOCK, 4 * width)
    starts, cells, start = array("Q", [0]), _Cells(), 0
    while start < len(text):
        block = text[start : start + size]
        whole = start + size >= len(text)
        ends = None if block.isascii() else _ends(block, cells)
        at = 0
        while at < len(block):
            after = _line_end(block, at, width, ends)
            if after == len(block) and not whole and at:  # the line may go on in the next block
                break
            at = after
            starts.append(start + at)
        start += at
    if len(starts) > 1:
        starts.pop()  # no line begins at the end
    return starts


def line_at(starts: array[int], offset: int) -> int:
    """The number of the line, from 0, that the character at this offset is in."""
    return bisect_right(starts, offset) - 1


def _ends(block: str, cells: _Cells) -> list[int] | None:
    """How many cells the block takes up to and including each character; None where each takes one."""
    if all(cells[character] == 1 or character == "\n" for character in set(block)):
        return None
    return list(accumulate(map(cells.__getitem__, block)))


def _line_end(block: str, at: int, width: int, ends: list[int] | None) -> int:
    """Where the line that begins at `at` ends, as far as the block goes."""
    full = at + width if ends is None else bisect_right(ends, (ends[at - 1] if at else 0) + width, at)
    newline = block.find("\n", at, full + 1)
    if newline >= 0:
        return newline + 1
    if full >= len(block):
        return len(block)
    if block[full] == " ":
        return _behind_spaces(block, full)
    return _last_break(block, at, full, ends)


def _behind_spaces(block: str, at: int) -> int:
    """Where the spaces end that hang over the end of a line, with the newline behind them."""
    while at < len(block) and block[at] == " ":
        at += 1
    return at + 1 if block[at : at + 1] == "\n" else at


def _last_break(block: str, at: int, full: int, ends: list[int] | None) -> int:
    """Where to end a line whose next character would be beyond the width."""
    behind_space = block.rfind(" ", at, full) + 1
    if ends is None:
        return behind_space or full
    for end in range(full, max(behind_space, at), -1):  # wide characters are words of their own
        if (_wide(ends, end - 1) or _wide(ends, end)) and not _joined(block, end):
            return end
    if behind_space:
        return behind_space
    while full > at + 1 and _joined(block, full):
        full -= 1
    return full


def _wide(ends: list[int], index: int) -> bool:
    return ends[index] - (ends[index - 1] if index else 0) > 1


def _joined(block: str, at: int) -> bool:
    """Whether the characters before and at this offset are drawn as one."""
    return block[at] in (_JOINER, _EMOJI) or block[at - 1] == _JOINER
