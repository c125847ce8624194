"""The text of the prompt, and its keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

if TYPE_CHECKING:
    from tui.app import QuothApp
    from tui.widgets.prompt import Prompt

_SEND, _NEWLINE = "enter", "ctrl+j,shift+enter,alt+enter"
"""For a new line every terminal sends the first, newer ones the others too."""


class Editor(TextArea):
    """The text of the prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(_SEND, "submit", "Send", id="prompt.send"),
        Binding(_NEWLINE, "newline", "New line", id="prompt.newline", show=False),
        Binding("up", "back", "Earlier question", id="prompt.back", show=False),
        Binding("down", "forward", "Later question", id="prompt.forward", show=False),
        Binding("tab", "complete", "Complete", id="prompt.complete", show=False),
        Binding("pageup", "screen.scroll_talk(-1)", "Talk up", id="prompt.talk_up", show=False),
        Binding("pagedown", "screen.scroll_talk(1)", "Talk down", id="prompt.talk_down", show=False),
        Binding("ctrl+z", "app.suspend_process", "Suspend", id="prompt.suspend", show=False),
        Binding("ctrl+underscore", "undo", "Undo", id="prompt.undo", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(
            placeholder="Ask about your documents…  (/ for commands, @ for a document)",
            highlight_cursor_line=False,
            compact=True,
        )
        self.give_up(("f6", "f7"))  # which select text; as the chat's priority keys they would head the footer

    @property
    def prompt(self) -> Prompt:
        """What the editor is part of."""
        return cast("Prompt", self.parent)

    def give_up(self, keys: Iterable[str]) -> None:
        """Leave these keys to the screen: an editor has something to do for nearly every key there is."""
        for key in keys:
            self._bindings.key_to_bindings.pop(key.strip(), None)

    async def _on_key(self, event: events.Key) -> None:
        """Send and break lines in the order in which the keys came: a binding would run before or after its neighbours,
        and what is typed fast or pasted would be sent without its last letters.
        """
        keys = cast("QuothApp", self.app).keys
        for name, default, act in (
            ("prompt.send", _SEND, self.action_submit),
            ("prompt.newline", _NEWLINE, self.action_newline),
        ):
            if event.key in [key.strip() for key in keys.get(name, default).split(",")]:
                event.stop()
                event.prevent_default()
                act()

    async def _on_paste(self, event: events.Paste) -> None:
        """Take what is pasted where it can be sent; Textual's own handler would take everything."""
        if not self.prompt.has_room_for(event.text):
            event.stop()
            event.prevent_default()

    def action_paste(self) -> None:
        """Paste what was copied in the chat."""
        if self.prompt.has_room_for(self.app.clipboard):
            super().action_paste()

    def action_submit(self) -> None:
        """Take the completion that is offered, or send the text."""
        if not self.prompt.accept():
            self.prompt.send()

    def action_newline(self) -> None:
        """Break the line."""
        self.insert("\n")

    def action_delete_to_start_of_line(self) -> None:
        """Delete the line that was typed, up to the cursor: Textual's own takes only what of it is on one row."""
        row, column = self.cursor_location
        start = (row, 0) if column else self.get_cursor_left_location()
        self._delete_via_keyboard(*((start, (row, column)) if self.selection.is_empty else self.selection))

    def action_back(self) -> None:
        """Go up: in the completions, in the text, then in the history."""
        if not self.prompt.move(-1):
            self.prompt.walk(-1) if self.cursor_at_first_line else self.action_cursor_up()

    def action_forward(self) -> None:
        """Go down: in the completions, in the text, then in the history."""
        if not self.prompt.move(1):
            self.prompt.walk(1) if self.cursor_at_last_line else self.action_cursor_down()

    def action_complete(self) -> None:
        """Take the completion that is offered, or go to the next widget."""
        if not self.prompt.accept():
            self.app.action_focus_next()

    def on_blur(self) -> None:
        """Offer nothing while something else has the focus."""
        self.prompt.offer(())
