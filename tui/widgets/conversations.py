"""The list of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from time import time as now
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from qa.display import visible
from tui.messages import ConversationChosen
from tui.names import briefly
from tui.outside import outside
from tui.widgets.table import Column, fit

if TYPE_CHECKING:
    from qa import Conversation

ROOM = 28
"""Cells from which on there is room for when a conversation was last asked or answered."""

LISTED = 500
"""Conversations that are listed, newest first; search finds the others too."""


class ConversationsPane(Vertical):
    """Every conversation, the open one marked; what can be done with it stands below."""

    BORDER_TITLE = "Conversations"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "screen.rename", "Rename", id="conversations.rename"),
        Binding("delete,d", "screen.delete", "Delete", id="conversations.delete"),
        Binding("e", "screen.export", "Export", id="conversations.export"),
        Binding("j", "cursor(1)", show=False),
        Binding("k", "cursor(-1)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="conversations")
        self._titles: dict[int, str] = {}
        self._listed: tuple[Sequence[Conversation], int | None] = (), None

    def compose(self) -> ComposeResult:
        """The list, and the links."""
        yield OptionList(id="conversation-list", compact=True)
        acts = ["new", "rename", "delete", "export", "search"]
        links = [Content.styled(act, Style.from_meta({"@click": f"screen.{act}"})).stylize("underline") for act in acts]
        yield Static(Content(" ").join(links), classes="links")

    def show(self, conversations: Sequence[Conversation], current: int | None) -> None:
        """List these, and mark the current one."""
        self._listed = conversations, current
        listed = list(conversations[:LISTED])
        view = self.query_one(OptionList)
        at = view.highlighted_option.id if view.highlighted_option else None
        self._titles = {one.id: one.title for one in listed}
        view.clear_options()
        at_now = now()
        view.add_options(Option(self._line(one, one.id == current, at_now), id=str(one.id)) for one in listed)
        wanted = int(at) if at and view.has_focus else current
        if wanted in self._titles:
            view.highlighted = list(self._titles).index(wanted)

    def on_resize(self) -> None:
        """List them as there is room for."""
        self.show(*self._listed)

    def _line(self, one: Conversation, is_current: bool, at_now: float) -> Content:
        """The title, cut where it has to be, and when it was last asked or answered."""
        title = f"{'>' if is_current else ' '} {one.title}"
        when, width = briefly(one.updated, at_now), self.size.width - 1  # there may be a scroll bar
        if width < ROOM:
            return outside(title, one_line=True)
        title = fit(visible(title, one_line=True), width - len(when) - 1, Column(""))
        return Content.assemble(outside(title), " ", outside(when, "dim"))

    def title_of(self, conversation: int) -> str:
        """The title of a conversation that is listed."""
        return self._titles.get(conversation, "")

    def focus_list(self) -> None:
        """Go to the list."""
        view = self.query_one(OptionList)
        if view.highlighted is None:
            view.action_first()
        view.focus()

    @property
    def at_hand(self) -> int | None:
        """The conversation under the cursor while the list has the focus."""
        view = self.query_one(OptionList)
        option = view.highlighted_option
        return int(option.id) if view.has_focus and option and option.id else None

    def action_cursor(self, steps: int) -> None:
        """Go up or down."""
        view = self.query_one(OptionList)
        view.action_cursor_down() if steps > 0 else view.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option.id:
            self.post_message(ConversationChosen(int(event.option.id)))
