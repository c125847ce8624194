"""Asking in the chat: the library that is asked, and how a question gets from the prompt to the talk."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.widgets import TextArea

from qa.errors import LibraryEmpty, QuothError
from tui import garbage
from tui.asking import Asking
from tui.messages import AskAgain, PlaceOpened, QuestionSent
from tui.screens.frame import FrameScreen
from tui.searched import searched
from tui.session import Session
from tui.widgets.chip import Chip
from tui.widgets.top import TopBar
from tui.widgets.turn import TurnView

if TYPE_CHECKING:
    from qa import Conversations, Progress, Turn

COUNTED = 3.0
"""Seconds after which the documents are counted again while some are added; reading 10,000 takes a tenth of one."""


class TalkingScreen(FrameScreen):
    """The talk and the prompt over a library."""

    def __init__(self, paths: Sequence[str] = ()) -> None:
        """paths: added to the library when the chat opens."""
        super().__init__()
        self._paths = paths
        self.starters: Sequence[str] = ()
        self.wrong = ""
        """What keeps the library from being used, and what to do about it."""
        self.model = ""
        self._counted = time.monotonic()
        self._preparing: asyncio.Task[None] | None = None
        self.at: tuple[int, int] | None = None
        """The turn whose place the source pane shows, and the how many-th of its places that is."""
        self.unshown: frozenset[int] = frozenset()
        """Turns whose source is not shown when their answer comes: after they were sent, the reader opened another."""

    def on_mount(self) -> None:
        """Give the prompt to the user at once, and load everything else behind it."""
        self.session = Session(self.quoth.engine)
        self.talk.read = self.session.turns
        self.one = asyncio.Lock()
        app = self.quoth
        self.asking = Asking(app.engine, self.talk.view, self._settled, lambda: not app.sources and app.adding.busy)
        self.prompt.text = app.take_draft()
        self.set_focus(self.prompt.editor)  # at once: keys may be waiting
        self.show_scope()
        self.do(self._answer_turns())
        self.call_after_refresh(lambda: self.do(self._start()))

    async def _answer_turns(self) -> None:
        """Answer what is asked, whatever goes wrong in showing one of the answers."""
        while True:
            await self.guarded(self.asking.run())

    # Its documents

    async def _start(self) -> None:
        """Open the library, show what is in it, then load the engine."""
        app = self.quoth
        await app.release_keys()
        await self.furnish()
        app.adding.moved.subscribe(self, self._count_sometimes)
        try:
            settings = await app.engine.look(lambda library: library.settings)
        except QuothError as error:
            app.leave(error)
            return
        app.take_keys(settings.chat.keys)
        await self.guarded(self._read_conversations())
        await self.guarded(self.library_changed())
        watching = settings.chat.watch and not self.wrong
        if self._paths:
            app.adding.add(self._paths)
        elif not self.wrong and not watching:
            self.do(self._say_unread())
        if watching:
            self.do(self._follow())

    async def _follow(self) -> None:
        """Take in what changes in the added folders, for as long as the chat is open (the setting chat.watch)."""
        async with contextlib.aclosing(self.quoth.engine.watch()) as changes:
            async for change in changes:
                if isinstance(change, str):
                    self.quoth.notify(change, severity="warning", timeout=10)
                else:
                    self.quoth.adding.follow(change)

    async def _say_unread(self) -> None:
        """Say which files in the added folders are not read yet, as after an add that was interrupted."""
        new = len((await self.quoth.engine.look(lambda library: library.changed())).new)
        if new and not self.quoth.adding.busy:
            files = "1 file in your folders is" if new == 1 else f"{new:,} files in your folders are"
            self.quoth.notify(f"{files} not read yet: F4, then u reads {'it' if new == 1 else 'them'}.", timeout=10)

    async def _read_conversations(self) -> None:
        """The list, the prompt's history; and what an earlier run left unanswered is marked so."""

        def read(stored: Conversations) -> list[str]:
            stored.interrupted()
            return stored.questions()

        self.prompt.remember(await self.quoth.engine.keep(read))
        await self.list_conversations()

    async def library_changed(self) -> None:
        """Documents came or went: say so everywhere, and get ready to answer about them."""
        self.starters, self.wrong = (), ""
        try:
            await self._count()
        except QuothError as error:
            await self._unusable(error)
            return
        await self.begin()
        if self.quoth.sources:
            if self._preparing:
                self._preparing.cancel()
            self._preparing = self.spawn(self._prepare())

    async def begin(self) -> None:
        """Show how to begin, where no conversation is open."""
        async with self.one:
            if not self.session.conversation:
                await self.talk.begin(len(self.quoth.sources), self.starters, self.wrong)

    async def _unusable(self, error: QuothError) -> None:
        """Say in the talk why the library cannot be used: a notice would be gone before it is acted on."""
        self.wrong = str(error)
        await self.begin()
        if self.session.conversation:
            self.quoth.complain(error)

    async def _count(self) -> None:
        """Read which documents there are, and say so."""
        app = self.quoth
        name, sources, model = await app.engine.look(
            lambda library: (library.name, tuple(library.sources()), library.settings.answer.model)
        )
        model = self.asking.model or model
        app.sources, self.model = sources, model
        count = "1 document" if len(sources) == 1 else f"{len(sources):,} documents"
        self.query_one(TopBar).facts = (name, count, model)
        self.show_scope()

    def _count_sometimes(self, _: None) -> None:
        """What is added already can be asked about while more is added."""
        if time.monotonic() - self._counted > COUNTED:
            self._counted = time.monotonic()
            self.do(self._count_on())

    async def _count_on(self) -> None:
        """Count them; the first ones change more than the count."""
        none = not self.quoth.sources
        await self._count()
        if none and self.quoth.sources:
            await self.library_changed()

    async def _prepare(self) -> None:
        """Load what answers need; then offer questions to begin with."""
        if not self.busy:
            self.busy = "loading the engine"
        try:
            await self.quoth.engine.prepare(lambda step: self.quoth.call_from_thread(self._show_step, step))
            for notice in await self.quoth.engine.look(lambda library: library.notices()):
                self.quoth.notify(notice, severity="warning", timeout=20)
            if not self.session.conversation and not self.asking.current:
                self.starters = await self.quoth.engine.starters()
                await self.begin()
        except LibraryEmpty:
            pass
        except QuothError as error:
            await self._unusable(error)
        finally:
            garbage.take_up()
            self._update_busy()

    def _show_step(self, step: Progress) -> None:
        self.busy = "preparing the embedding model, once" if step.stage == "compiling" else self.busy

    # Asking

    @on(QuestionSent)
    def _question_sent(self, event: QuestionSent) -> None:
        event.stop()
        self.prompt.note(event.typed or event.question)
        self.do(self._ask(event))

    async def _ask(self, event: QuestionSent) -> None:
        """Store the question, show it, and have it answered in its turn."""
        async with self.one:
            try:
                turn = await self.session.ask(event.question, event.where)
            except Exception:
                self.prompt.give_back(event.typed or event.question)  # it was not stored
                raise
            try:
                await self.talk.add(turn, self._place_in_queue())
            finally:
                self.asking.put(turn)
        self._update_busy()
        await self.list_conversations()

    def _place_in_queue(self) -> str:
        return "waiting" if self.asking.current or self.busy else "searching"

    @on(AskAgain)
    def _ask_again_wanted(self, event: AskAgain) -> None:
        event.stop()
        self.action_ask_again(event.turn)

    def action_ask_again(self, turn: int | None = None) -> None:
        """Answer the question of this turn, or of the one at hand, once more."""
        view = self.talk.view(turn) if turn is not None else self.talk.at_hand()
        if view is not None and not view.doing:
            self.do(self._ask_again(view))

    async def _ask_again(self, view: TurnView) -> None:
        async with self.one:
            if not view.doing:
                turn = await self.session.ask_again(view.turn.id)
                view.show_doing(self._place_in_queue())
                self.asking.put(turn)
        self._update_busy()

    def _settled(self, turn: Turn) -> None:
        """A turn is done: show its first source, where there is room for it and the reader reads no other."""
        self._update_busy()
        self.do(self.list_conversations())
        held = turn.answer.documents if turn.answer and turn.status in ("answered", "not_found") else None
        if held is not None and held != len(self.quoth.sources) and not self.quoth.adding.busy:
            self.do(self.library_changed())  # another program has added or removed some
        view = self.talk.view(turn.id)
        if view:
            self.talk.show_whole(view)
        if not view or not view.places or not self.furnished.is_set() or not self.source_open:
            return
        if turn.id not in self.unshown and not self.source.has_focus_within:
            self.post_message(PlaceOpened(view.places[0], (turn.id, 0), by_hand=False))

    def _update_busy(self) -> None:
        waiting = len(self.asking.queued) - (self.asking.current is None)  # the next one is as good as begun
        behind = f" · {waiting} waiting" if waiting > 0 else ""
        self.busy = f"answering{behind} · Esc cancels" if self.asking.current or waiting >= 0 else ""

    async def list_conversations(self) -> None:
        """Read the list of conversations anew."""
        listed = await self.session.conversations()
        await self.furnished.wait()
        self.pane.show(listed, self.session.id)
        self.quoth.title_of(self.session.title)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self.draft = self.prompt.text
        self.show_scope()

    def show_scope(self) -> None:
        """Say which documents the next question is asked of."""
        named = self.prompt.where
        words = searched(named or self.session.where, len(self.quoth.sources))
        self.query_one(Chip).say(f"{words} for this question" if named else words)
