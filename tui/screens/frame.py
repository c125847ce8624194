"""The frame of the chat's screen: its panes, what is being done, and work that it does not wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from tui.faults import said
from tui.outside import outside
from tui.widgets.chip import Chip
from tui.widgets.footer import Footer
from tui.widgets.prompt import Prompt
from tui.widgets.talk import Talk
from tui.widgets.top import TopBar

if TYPE_CHECKING:
    from tui.app import QuothApp
    from tui.widgets.conversations import ConversationsPane
    from tui.widgets.source import SourcePane


class FrameScreen(Screen[None]):
    """The talk between the top line and the prompt, and what stands beside it."""

    busy: reactive[str] = reactive("")
    """What the engine is doing; "" when nothing. A turn's view only repeats what is being done for it."""

    conversations_open: reactive[bool] = reactive(True)
    source_open: reactive[bool] = reactive(False)

    pane: ConversationsPane
    source: SourcePane

    def __init__(self) -> None:
        super().__init__()
        self.furnished = asyncio.Event()
        """Set once the side panes are there."""
        self.draft = ""
        """What stands in the prompt."""
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def quoth(self) -> QuothApp:
        """The application."""
        return cast("QuothApp", self.app)

    def compose(self) -> ComposeResult:
        """The talk between the top line and the prompt; the side panes and the keys come after the first paint."""
        yield TopBar()
        with Horizontal(id="panes"):
            yield Talk(id="talk")
        with Horizontal(id="state"):
            yield Chip(id="chip")
            yield Static(id="status")
        yield Prompt()
        yield Horizontal(id="keys")

    async def furnish(self) -> None:
        """Put in what the first paint does not wait for."""
        await asyncio.to_thread(_load_panes)  # which takes as long as several keys
        from tui.widgets.adding import AddingLine
        from tui.widgets.conversations import ConversationsPane
        from tui.widgets.source import SourcePane

        self.pane, self.source = ConversationsPane(), SourcePane()
        self.pane.display, self.source.display = self.conversations_open, self.source_open
        await self.query_one("#panes").mount(self.pane, before=self.talk)
        await self.query_one("#panes").mount(self.source, after=self.talk)
        await self.mount(AddingLine(), after=self.query_one("#panes"))
        self.furnished.set()
        await self.query_one("#keys").mount(Footer())  # now that every action works
        self.refresh_bindings()
        drawn = asyncio.Event()
        self.call_after_refresh(drawn.set)
        await drawn.wait()

    # Its parts

    @property
    def talk(self) -> Talk:
        """The turns."""
        return self.query_one(Talk)

    @property
    def prompt(self) -> Prompt:
        """The prompt."""
        return self.query_one(Prompt)

    # What is being done

    def watch_busy(self, busy: str) -> None:
        """Say what is being done."""
        for status in self.query("#status").results(Static):
            status.update(outside(busy, one_line=True))

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this without making the screen wait; what goes wrong is shown, and never ends the chat."""
        self.spawn(work)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """As `do`; the task can be cancelled."""
        task = asyncio.create_task(self.guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # it has not begun if the chat ends at once
        return task

    def on_unmount(self) -> None:
        """Give up what is being done: the chat ends."""
        for task in self._tasks:
            task.cancel()

    async def guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for this; what goes wrong is shown."""
        try:
            await work
        except Exception as error:
            self.quoth.complain(said(error))


def _load_panes() -> None:
    import tui.adding
    import tui.widgets.adding
    import tui.widgets.conversations
    import tui.widgets.source  # noqa: F401
