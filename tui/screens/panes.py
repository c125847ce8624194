"""The panes beside the talk: which are open, and the citation that the source shows."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on

from tui.messages import ConversationChosen, PlaceOpened
from tui.screens.conversing import ConversingScreen

NARROW = 100
"""Columns below which one pane at most stands beside the talk."""

BOTH = (True, False)

BRIEFLY = 2.0
"""Seconds for which it is said that there is nothing more to step to."""


class PanesScreen(ConversingScreen):
    """The talk between the conversations and the source, or below them where there is no room beside it."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-normal"), (150, "-wide")]  # noqa: RUF012 (as Textual has it)

    def __init__(self, paths: Sequence[str] = ()) -> None:
        """paths: added to the library when the chat opens."""
        super().__init__(paths)
        self._narrow: bool | None = None

    # Panes

    def on_resize(self, event: events.Resize) -> None:
        """Fold the side panes away where there is no room for them, and bring them back where there is."""
        narrow = event.size.width < NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            remembered = self.quoth.remembered
            self.conversations_open = not narrow and remembered.get("conversations", True, BOTH)
            self.source_open = self.at is not None if narrow else remembered.get("source", True, BOTH)

    def watch_conversations_open(self, opened: bool) -> None:
        """Show or fold away the conversations."""
        if self.furnished.is_set():
            self.pane.display = opened

    def watch_source_open(self, opened: bool) -> None:
        """Show or fold away the source."""
        if self.furnished.is_set():
            self.source.display = opened

    def action_toggle_conversations(self) -> None:
        """Go to the conversations; from there, fold them away."""
        self.conversations_open = not (self.conversations_open and self.pane.has_focus_within)
        self._remember("conversations", self.conversations_open)
        self.pane.focus_list() if self.conversations_open else self.prompt.editor.focus()

    @on(ConversationChosen)
    def _chosen_over_the_talk(self) -> None:
        """The list has done its work where it covers what was chosen."""
        if self._narrow:
            self.conversations_open = False

    def action_toggle_source(self) -> None:
        """Go to the source; from there, fold it away."""
        if self.source_open and self.source.has_focus_within:
            self.on_source_pane_closed()
        else:
            self.source_open = True
            self._remember("source", True)
            self.source.focus()

    def on_source_pane_closed(self) -> None:
        """Fold the source away."""
        self.source_open = False
        self._remember("source", False)
        self.prompt.editor.focus()

    def _remember(self, pane: str, opened: bool) -> None:
        if not self._narrow:
            self.quoth.remembered.set(pane, opened)

    # Citations

    @on(PlaceOpened)
    def _place_opened(self, event: PlaceOpened) -> None:
        event.stop()
        self.at, self.source_open = event.at, True
        if event.by_hand:
            self.unshown = frozenset(turn.id for turn in self.asking.pending)
        for view in self.talk.views():
            view.show_open(event.at[1] if view.turn.id == event.at[0] else None)
        self.do(self.source.show(event.place))

    def action_cite(self, turn: int, number: int) -> None:
        """Show the citation of this number in this turn."""
        view = self.talk.view(turn)
        for at, place in enumerate(view.places if view else ()):
            if place.number == number:
                self.post_message(PlaceOpened(place, (turn, at)))

    def action_open_citation(self, number: int) -> None:
        """Show the citation of this number, or the so many-th passage, of the turn at hand."""
        view = self.talk.at_hand()
        if view is not None and number <= len(view.places):
            self.post_message(PlaceOpened(view.places[number - 1], (view.turn.id, number - 1)))

    def action_step(self, steps: int) -> None:
        """Show the next or previous citation of the talk."""
        row = self.talk.row_beside(self.at, steps)
        if row is None:
            self.quoth.notify(f"No {'further' if steps > 0 else 'earlier'} citation is shown.", timeout=BRIEFLY)
            return
        self.talk.release_anchor()
        self.talk.scroll_to_widget(row, animate=False)
        self.post_message(PlaceOpened(row.place, row.at))

    def action_scroll_talk(self, pages: int) -> None:
        """Read on in the talk while the prompt keeps the focus."""
        self.talk.scroll_page_up(animate=False) if pages < 0 else self.talk.scroll_page_down(animate=False)
