"""Terminals whose user wants no colours (NO_COLOR): Textual then draws in greys."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

STANDS_OUT = 0.15
"""Difference in brightness, of 1, from which on a ground says something: a cursor, a selection, a button, a scroll bar.

Panels differ from the background by 0.1 at most in Quoth's themes, the selection by 0.2 at least.
"""

_OWN = Style(color="default", bgcolor="default")


class OwnGround(LineFilter):
    """Leaves the terminal's own colours everywhere but where a grey is needed to see something."""

    def __init__(self, background: Callable[[], str]) -> None:
        """background: of the theme, as it is now."""
        super().__init__()
        self._background = background

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments, without the greys of their ground and of what is written on it."""
        del background
        brightness = Color.parse(self._background()).brightness
        return [
            Segment(text, _own(style, brightness) if style else style, control) for text, style, control in segments
        ]


@lru_cache(4096)
def _own(style: Style, brightness: float) -> Style:
    ground = style.bgcolor
    plain = ground is None or ground.is_default
    needed = not plain and abs(Color.from_rich_color(ground).brightness - brightness) > STANDS_OUT
    return style if needed else style + _OWN
