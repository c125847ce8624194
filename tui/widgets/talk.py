"""The talk: the turns of a conversation, or how to begin where there are none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.css.query import NoMatches
from textual.message import Message
from textual.widgets import Button, Static

from tui.messages import AddWanted, MoreShown, QuestionSent
from tui.outside import outside
from tui.widgets.place_row import PlaceRow
from tui.widgets.turn import TurnView

if TYPE_CHECKING:
    from qa import Turn

SHOWN = 40
"""Turns that are shown at once; earlier and later ones come when they are wanted."""

AT_ONCE = 6
"""Turns that are mounted at once when a conversation is opened."""

BEFORE = 8
"""Turns of these that stand before the one that is gone to."""

ABOUT = "Quoth answers questions about your own documents, and quotes the exact words it rests on."
PRIVATE = "Everything stays on this machine, and your files are never changed."


class Beginning(Vertical):
    """What stands in the place of a talk that has not begun."""

    class SamplesWanted(Message):
        """Add the sample corpus."""

    def __init__(self, documents: int, starters: Sequence[str] = (), wrong: str = "") -> None:
        """documents: how many the library holds. starters: questions that they answer. wrong: why it cannot be used."""
        super().__init__()
        self._documents, self._starters, self._wrong = documents, tuple(starters), wrong

    def compose(self) -> ComposeResult:
        """Two lines and the first steps, or questions to begin with."""
        yield Static(ABOUT, classes="beginning-about")
        yield Static(PRIVATE, classes="beginning-about")
        if self._wrong:
            with Vertical(classes="card failed"):
                yield Static("This library cannot be used now", classes="card-title")
                yield Static(outside(self._wrong[0].upper() + self._wrong[1:]))
            return
        if not self._documents:
            yield Button("Add a folder or file", id="begin-add", variant="primary")
            yield Button("Try the sample corpus", id="begin-samples")
            return
        first = "Ask anything below." if not self._starters else "Ask anything below, or begin with one of these:"
        yield Static(first, classes="beginning-about")
        for number, question in enumerate(self._starters):
            shown = outside(f"› {question}", one_line=True)
            yield Button(shown, id=f"starter-{number}", classes="starter", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the first step that was chosen."""
        event.stop()
        name = event.button.id or ""
        if name == "begin-add":
            self.post_message(AddWanted())
        elif name == "begin-samples":
            self.post_message(self.SamplesWanted())
        else:
            self.post_message(QuestionSent(self._starters[int(name.removeprefix("starter-"))]))


class Talk(VerticalScroll, can_focus=True):
    """The turns, in order. The view follows the end for as long as the reader is at the end."""

    BORDER_TITLE = "Talk"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.read: Callable[[Sequence[int]], Awaitable[list[Turn]]]
        """Reads turns by their ids; given by the screen."""
        self._sought: int | None = None  # the turn that was gone to
        self._whole: TurnView | None = None  # is shown from its beginning when it is redrawn

    def on_mount(self) -> None:
        """Follow the end."""
        self.anchor()

    async def begin(self, documents: int, starters: Sequence[str] = (), wrong: str = "") -> None:
        """Show how to begin, or what is wrong."""
        async with self.batch():
            await self.remove_children()
            await self.mount(Beginning(documents, starters, wrong))

    async def open(self, turns: Sequence[int], at: int | None = None) -> None:
        """Show a conversation with these turns, from its end, or around the turn `at`."""
        first = max(len(turns) - SHOWN, 0)
        found = None if at not in turns else turns.index(at)
        if found is not None:
            first = min(first, max(found - BEFORE, 0))
        last = first + SHOWN
        views = [TurnView(turn) for turn in await self.read(turns[first:last])]
        earlier, later = _standing(Earlier, turns[:first]), _standing(Later, turns[last:])
        # What is read first comes first, and the rest a few at a time: all at once would keep a key waiting.
        begun = views[-AT_ONCE:] if found is None else views[:AT_ONCE]
        async with self.batch():
            await self.remove_children()
            await self.mount_all([*earlier, *begun, *later])
        if found is None:
            self.anchor()
        rest = views[: -len(begun)] if found is None else views[len(begun) :]
        while rest:
            if found is None:
                rest, part = rest[:-AT_ONCE], rest[-AT_ONCE:]
                await self.mount_all(part, before=self.views()[0])
            else:
                part, rest = rest[:AT_ONCE], rest[AT_ONCE:]
                await self.mount_all(part, after=self.views()[-1])
            await asyncio.sleep(0)
        self._sought = None if found is None else at
        if found is None:
            self.anchor()
        elif view := self.view(turns[found]):
            self.release_anchor()
            self.call_after_refresh(self.scroll_to_widget, view, animate=False, top=True)

    async def add(self, turn: Turn, doing: str) -> TurnView:
        """Show a new turn at the end, which is gone to."""
        await self.query(Beginning).remove()
        if self.query(Later):
            await self.open(self._turns)
            self.post_message(MoreShown())
        self._sought = None
        view = TurnView(turn)
        await self.mount(view)
        view.show_doing(doing)
        self.anchor()
        return view

    @property
    def _turns(self) -> list[int]:
        """The ids of all turns of the conversation, shown or not."""
        turns: list[int] = []
        for child in self.children:
            if isinstance(child, TurnView):
                turns.append(child.turn.id)
            elif isinstance(child, More):
                turns.extend(child.turns)
        return turns

    @property
    def follows_end(self) -> bool:
        """Whether the reader is at the end."""
        return not self.query(Later) and self.scroll_offset.y >= self.max_scroll_y

    def renew(self, turns: Sequence[Turn]) -> set[int]:
        """Show those of these turns that are shown as they are stored now; what has changed."""
        stored = {turn.id: turn for turn in turns}
        changed = set()
        for view in self.views():
            turn = stored.get(view.turn.id, view.turn)
            if turn.answer != view.turn.answer and not view.doing:
                view.show(turn)
                changed.add(turn.id)
        return changed

    def show_whole(self, view: TurnView) -> None:
        """Show a turn from its beginning once it is redrawn, if it is longer than the view of a reader at the end."""
        self._whole = view

    def on_turn_view_redrawn(self, event: TurnView.Redrawn) -> None:
        """Show it from its beginning, if that is wanted."""
        event.stop()
        view = event.view
        if view is not self._whole:
            return
        self._whole = None
        height = view.region.height + view.styles.margin.bottom
        if self.follows_end and height > self.scrollable_content_region.height:
            self.release_anchor()
            self.scroll_to_widget(view, animate=False, top=True)

    def view(self, turn: int) -> TurnView | None:
        """The view of a turn, if it is shown."""
        try:
            return self.get_child_by_id(f"turn-{turn}", TurnView)  # a query would look at every part of every turn
        except NoMatches:
            return None

    def views(self) -> list[TurnView]:
        """The turns that are shown, in order."""
        return list(self.query(TurnView))

    def at_hand(self) -> TurnView | None:
        """The turn that is acted on: the one with the focus, or that was searched for, or the last, if it is in view.

        In this order. Where none is in view yet, the last there is.
        """
        views = self.views()
        seen = [view for view in views if self.sees(view)]
        focused = [view for view in seen if view.has_focus_within]
        sought = [view for view in seen if view.turn.id == self._sought]
        return next(iter(focused or sought or seen[-1:] or views[-1:]), None)

    def rows(self) -> list[PlaceRow]:
        """Every citation and passage that is shown, in order."""
        return list(self.query(PlaceRow))

    def sees(self, view: TurnView) -> bool:
        """Whether some of a turn is in view."""
        return view.region.overlaps(self.scrollable_content_region)

    def row_beside(self, at: tuple[int, int] | None, steps: int) -> PlaceRow | None:
        """The next or previous citation or passage that is shown; None at the end.

        It is counted from the one `at` (its turn, and the how many-th of the turn's places), if its turn is in view,
        else from the turn at hand, whose first or last one it is.
        """
        rows, hand = self.rows(), self.at_hand()
        number = next((number for number, row in enumerate(rows) if row.at == at), None)
        if number is not None and (view := self.view(rows[number].at[0])) and self.sees(view):
            beside = rows[number + 1 :] if steps > 0 else rows[:number]
        elif hand is not None:
            order = {view.turn.id: place for place, view in enumerate(self.views())}
            here = order[hand.turn.id]
            beside = [row for row in rows if (order[row.at[0]] - here) * steps >= 0]
        else:
            beside = []
        return next(iter(beside if steps > 0 else reversed(beside)), None)


class More(Vertical):
    """Stands for turns that are not shown, beside those that are."""

    WORDS = ""

    def __init__(self, turns: Sequence[int]) -> None:
        """turns: the ids of the ones it stands for, oldest first; they are read when they are wanted."""
        super().__init__()
        self.turns = turns

    def compose(self) -> ComposeResult:
        """A button that brings some of them."""
        yield Button(f"Show {len(self.turns)} {self.WORDS}", compact=True)

    async def on_button_pressed(self, event: Button.Pressed) -> None:
        """Put those next to what is shown in its own place."""
        event.stop()
        if event.button.disabled:
            return
        event.button.disabled = True  # a second press would bring the same turns again
        talk = cast(Talk, self.parent)
        if event.button.has_focus:
            talk.focus(scroll_visible=False)
        async with talk.batch():
            await self.bring(talk)
            talk.post_message(MoreShown())
            await self.remove()

    async def bring(self, talk: Talk) -> None:
        """Show some of the turns, and let another one stand for the rest."""
        raise NotImplementedError


class Earlier(More):
    """Stands for the turns before those that are shown."""

    WORDS = "earlier"

    async def bring(self, talk: Talk) -> None:
        """Put the last of them above what is shown, which stays in view below them."""
        rest, shown = self.turns[:-SHOWN], await talk.read(self.turns[-SHOWN:])
        height = talk.virtual_size.height
        await talk.mount_all([*_standing(Earlier, rest), *map(TurnView, shown)], before=self)

        def stay() -> None:
            grown = talk.virtual_size.height - height
            talk.scroll_to(y=talk.scroll_y + grown - talk.size.height // 2, animate=False)

        talk.call_after_refresh(stay)


class Later(More):
    """Stands for the turns after those that are shown."""

    WORDS = "later"

    async def bring(self, talk: Talk) -> None:
        """Put the first of them below what is shown; the end is not gone to."""
        talk.release_anchor()
        shown, rest = await talk.read(self.turns[:SHOWN]), self.turns[SHOWN:]
        await talk.mount_all([*map(TurnView, shown), *_standing(Later, rest)], after=self)


def _standing(kind: type[More], turns: Sequence[int]) -> list[More]:
    return [kind(turns)] if turns else []
