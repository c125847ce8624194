"""Text from outside (documents, models, file names, errors, what was typed) on its way into a widget."""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

from qa.display import visible

LONGEST_LINE = 2_000
"""Characters of one line that are shown where lines are not laid out lazily; laying out a line takes time."""


def outside(text: str, style: str = "", *, one_line: bool = False) -> Content:
    """The text as content that a widget shows as it stands: never markup, never a control sequence.

    Every text that Quoth did not write itself enters the screen through here (or through `qa.display.visible`, which
    this is built on, where a widget takes strings that are no markup).
    """
    return Content.styled(visible(text, one_line=one_line), style)


def clipped(text: str, longest: int = LONGEST_LINE) -> str:
    """The text, cut with an ellipsis after `longest` characters."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys; none of it takes a cell."""


class NoControls(LineFilter):
    """The last thing before the terminal: inputs show what was typed or pasted into them as it is."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without the characters that a terminal would obey."""
        del background
        return [
            Segment(_OBEYED.sub("", segment.text), segment.style, segment.control)
            if _OBEYED.search(segment.text)
            else segment
            for segment in segments
        ]
