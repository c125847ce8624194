"""A long text on the screen: wrapped off the event loop, and only the lines in view are drawn."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui.excerpt import Excerpt
from tui.wrapping import line_at, line_starts

if TYPE_CHECKING:
    from tui.app import QuothApp

MARK = "▌ "
"""Stands left of every line of the quote, so that it is told apart without colours."""

ABOVE = 3
"""Lines in view above the quote."""


class Lines(ScrollView, can_focus=True):
    """An excerpt, wrapped to the width, with its quote marked."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--quote", "lines--mark", "lines--inserted"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Scroll down", id="source.down", show=False),
        Binding("k", "scroll_up", "Scroll up", id="source.up", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._excerpt: Excerpt | None = None
        self._starts = array("Q")  # of the lines; none while there is nothing to draw
        self._columns = 0  # that the lines were wrapped to
        self._wrapped = 0  # how many times they were to be wrapped
        self._top: int | None = None  # the character to scroll to once they are; None for the quote

    async def show(self, excerpt: Excerpt) -> None:
        """Show this text, with its quote in view."""
        self._excerpt, self._starts, self._top = excerpt, array("Q"), None
        self.refresh()
        await self._wrap()

    def clear(self) -> None:
        """Show nothing."""
        self._wrapped += 1
        self._excerpt, self._starts = None, array("Q")
        self.virtual_size = Size(0, 0)
        self.refresh()

    def scroll_to_quote(self) -> None:
        """Scroll so that the quote begins a few lines below the top."""
        if self._excerpt and self._starts:
            line = line_at(self._starts, self._excerpt.start)
            self._scroll(line - min(ABOVE, self.size.height // 4))

    def on_resize(self) -> None:
        """Wrap anew where the width is another; the line at the top stays."""
        if self._excerpt is None or (self._starts and self._width == self._columns):
            return
        if self._starts:
            self._top = self._starts[min(self.scroll_offset.y, len(self._starts) - 1)]
        # The function, not its coroutine, which would never be awaited if the chat ended just now.
        self.run_worker(self._wrap, exclusive=True)  # type: ignore[arg-type]  # mypy finds no result type for it

    def render_line(self, y: int) -> Strip:
        """A line in view."""
        line = self.scroll_offset.y + y
        if self._excerpt is None or line >= len(self._starts):
            return Strip.blank(self.size.width, self.rich_style)
        # The selection counts characters from the gutter on
        return self._line(self._excerpt, line).crop_extend(0, self.size.width, self.rich_style).apply_offsets(0, line)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, without the breaks that the wrapping made."""
        if self._excerpt is None or not self._starts:
            return None
        start = self._offset(selection.start.y, selection.start.x) if selection.start else 0
        end = self._offset(selection.end.y, selection.end.x) if selection.end else len(self._excerpt.text)
        return self._excerpt.text[start:end], "\n"

    @property
    def _width(self) -> int:
        """Cells of a line of the text, beside the mark and the scroll bar (for which there is always room)."""
        return self.scrollable_content_region.width - len(MARK)

    async def _wrap(self) -> None:
        """Find the lines for the width there is now, then scroll. A later call overtakes this one."""
        self._wrapped += 1
        turn, excerpt, width = self._wrapped, self._excerpt, self._width
        if excerpt is None or width <= 0:  # not on the screen yet: a resize will come
            return
        starts = await cast("QuothApp", self.app).engine.look(lambda _: line_starts(excerpt.text, width))
        if turn != self._wrapped:
            return
        if self.text_selection:  # it counted the lines as they were
            self.screen.clear_selection()
        self._starts, self._columns = starts, width
        self.virtual_size = Size(self.size.width, len(starts))
        if self._top is None:
            self.scroll_to_quote()
        else:
            self._scroll(line_at(starts, self._top))
        self.refresh()

    def _scroll(self, line: int) -> None:
        # By force: whether there is a scroll bar is found out later
        self.scroll_to(y=line, animate=False, force=True)

    def _bounds(self, line: int) -> tuple[int, int]:
        """The offsets of a line's characters, without what ends it."""
        text, start = self._excerpt.text if self._excerpt else "", self._starts[line]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(text)
        return start, end - (end > start and text[end - 1] == "\n")

    def _offset(self, line: int, column: int) -> int:
        """The offset of a character that the selection names by its line and its place in that."""
        start, end = self._bounds(min(line, len(self._starts) - 1))
        return min(start + max(column - len(MARK), 0), end)

    def _line(self, excerpt: Excerpt, line: int) -> Strip:
        start, end = self._bounds(line)
        in_quote = excerpt.text[max(start, excerpt.start) : min(end, excerpt.end)].strip()
        mark = Segment(MARK if in_quote else " " * len(MARK), self._style("mark"))
        if start in excerpt.inserted:
            pieces = [(start, end, self._style("inserted"))]
        else:
            first, last = (min(max(offset, start), end) for offset in (excerpt.start, excerpt.end))
            quote = self._style("quote")
            pieces = [(start, first, self.rich_style), (first, last, quote), (last, end, self.rich_style)]
        segments = [Segment(excerpt.text[a:b], style) for a, b, style in self._selected(line, pieces) if a < b]
        return Strip([mark, *segments])

    def _selected(self, line: int, pieces: list[tuple[int, int, Style]]) -> list[tuple[int, int, Style]]:
        """The pieces of a line, cut where the selection begins and ends, with its style."""
        span = self.text_selection.get_span(line) if self.text_selection else None
        if span is None:
            return pieces
        first = self._offset(line, span[0])
        last = self._offset(line, span[1]) if span[1] >= 0 else pieces[-1][1]
        chosen = self.screen.get_component_rich_style("screen--selection")
        cut: list[tuple[int, int, Style]] = []
        for start, end, style in pieces:
            a, b = (min(max(offset, start), end) for offset in (first, last))
            cut += [(start, a, style), (a, b, style + chosen), (b, end, style)]
        return cut

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"lines--{name}")
