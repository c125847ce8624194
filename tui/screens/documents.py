"""The documents of the library: a table, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from qa import Changes, Source, sample_corpus
from qa.display import visible
from tui.faults import said
from tui.messages import LibraryChanged, ScopeWanted
from tui.reports import documents
from tui.rows import COLUMNS, Rows
from tui.screens.add import AddScreen
from tui.screens.confirm import Choose, Confirm
from tui.screens.dialog import Closing
from tui.screens.document import DocumentScreen
from tui.screens.failures import FailuresScreen
from tui.widgets.adding import AddingLine
from tui.widgets.changes import ChangesBanner
from tui.widgets.footer import Footer
from tui.widgets.table import Table

if TYPE_CHECKING:
    from tui.app import QuothApp

NAMED = 5
"""Documents that are named before a removal; of the others only their number."""


class DocumentsTable(Table):
    """The table, with its keys in the footer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Details", id="documents.details"),
        Binding("space", "mark", "Mark", id="documents.mark"),
    ]


class DocumentsScreen(Closing[None]):
    """What the library holds. A slash begins the filter; Esc clears it, and then closes the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add", id="documents.add"),
        Binding("d,delete", "remove", "Remove", key_display="d", id="documents.remove"),
        Binding("s", "scope", "Ask these", id="documents.scope"),
        Binding("u", "update", "Update", id="documents.update"),
        Binding("f", "failures", "Left out", id="documents.failures"),
        Binding("escape", "back", "Back", id="documents.back"),
        Binding("c", "cancel", "Cancel adding", show=False, id="documents.cancel"),
        Binding("slash", "filter", "Filter", show=False, id="documents.filter"),
        Binding("down", "to_table", "To the table", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows = Rows()
        self._filled: Rows | None = None  # what the table shows
        self._changes: Changes | None = None
        self._read_once = False

    @property
    def _quoth(self) -> QuothApp:
        return cast("QuothApp", self.app)

    @property
    def table(self) -> DocumentsTable:
        """The table of documents."""
        return self.query_one(DocumentsTable)

    def compose(self) -> ComposeResult:
        """How many there are, what changed, the filter, the table, and the adding at the bottom."""
        yield Static(id="documents-title")
        yield ChangesBanner(id="documents-changed")
        yield Input(
            placeholder="/ to filter by name, kind or state",
            compact=True,
            select_on_focus=False,  # who comes back to it adds to it
            id="documents-filter",
        )
        with Vertical(id="documents-none"):
            yield Static("There are no documents in this library yet.", classes="dialog-title")
            with Horizontal():
                yield Button("Add files or a folder", id="documents-add", variant="primary")
                yield Button("Try the sample corpus", id="documents-samples")
        yield DocumentsTable(*COLUMNS.values(), marks=True)
        yield AddingLine("c")
        yield Footer()

    def on_mount(self) -> None:
        """Show what is known, and look how it stands on disk."""
        self._quoth.adding.ended.subscribe(self, lambda _: self._look(again=True))
        self._quoth.adding.moved.subscribe(self, lambda _: self._offer())
        self._show(self._quoth.sources)
        self.table.focus()
        self._look(again=True)

    # What is shown

    @work(exclusive=True)
    async def _look(self, *, again: bool) -> None:
        """Read the documents again if so wished, then how the files stand to them."""
        engine = self._quoth.engine
        try:
            if again:
                sources = tuple(await engine.look(lambda library: library.sources()))
                self._show(sources)
                if sources != self._quoth.sources and not self._quoth.adding.busy:  # another program has changed them
                    self._quoth.post_message(LibraryChanged())
            self._read_once = True
            self._changes = await engine.look(lambda library: library.changed())
        except Exception as error:
            self._quoth.complain(said(error))
        self._show(tuple(self._rows.sources.values()))

    @property
    def _parts_gone(self) -> bool:
        """Whether the screen is being closed: its parts go before its work is ended, which may then come to an end."""
        return not self.query(DocumentsTable)

    def _show(self, sources: Sequence[Source]) -> None:
        if self._parts_gone:
            return
        state: dict[str, str] = {}
        if self._changes is not None:
            state = dict.fromkeys((source.source for source in sources), "indexed")
            state |= dict.fromkeys(self._changes.changed, "changed") | dict.fromkeys(self._changes.gone, "gone")
        self._rows = Rows(sources, state)
        if lost := self.table.marked - self._rows.sources.keys():
            self.table.mark(self.table.marked - lost)
        none = self._read_once and not sources
        self.query_one("#documents-none").display = none
        self.table.display = self.query_one("#documents-filter").display = not none
        self._offer()
        self._fill()

    def _offer(self) -> None:
        """Offer what there is to do now. What is not read yet while something is added has not changed on disk."""
        if self._parts_gone:
            return
        self.query_one(ChangesBanner).show(None if self._quoth.adding.busy else self._changes)
        self.refresh_bindings()

    @on(Table.Sorted)
    @on(Input.Changed)
    def _fill(self) -> None:
        keys = self._rows.keys(self.table.order, self.query_one(Input).value)
        if keys != self.table.keys or self._filled is not self._rows:  # a letter that leaves the rows draws none anew
            self.table.set_rows(keys, self._rows.cells)
            self._filled = self._rows
        self._title()

    @on(Table.Marked)
    def _title(self) -> None:
        there, seen, marked = len(self._rows.sources), len(self.table.keys), len(self.table.marked)
        counts = [
            documents(there) if seen == there else f"{seen} of {documents(there)}",
            *([f"{marked} marked"] if marked else []),
        ]
        self.query_one("#documents-title", Static).update(f" Documents · {' · '.join(counts)}", layout=False)

    # What can be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is something to do for."""
        there = bool(self._rows.sources)
        match action:
            case "update":
                return bool(self._changes) and not self._quoth.adding.busy
            case "failures":
                return bool(self._left_out)
            case "cancel":
                return self._quoth.adding.stops
            case "remove" | "scope" | "filter":
                return there
        return super().check_action(action, parameters)

    @property
    def _left_out(self) -> bool:
        return bool(self._quoth.adding.failed or self._quoth.adding.notices)

    @property
    def _chosen(self) -> tuple[str, ...]:
        """The marked documents; where none are, the one under the cursor."""
        marked = self.table.marked
        return tuple(sorted(marked)) if marked else tuple(key for key in (self.table.key,) if key)

    def action_add(self) -> None:
        """Choose what to add."""

        def chosen(paths: tuple[str, ...] | None) -> None:
            if paths:
                self._quoth.adding.add(paths)

        self.app.push_screen(AddScreen(), chosen)

    def action_update(self) -> None:
        """Read what changed on disk."""
        self._quoth.adding.update()

    def action_cancel(self) -> None:
        """Stop the adding; what is finished is kept."""
        self._quoth.adding.cancel()

    def action_remove(self) -> None:
        """Take the chosen documents out of the library, after a question."""
        if chosen := self._chosen:
            self._ask_to_remove(chosen)

    @work(exclusive=True, group="removing")
    async def _ask_to_remove(self, chosen: tuple[str, ...]) -> None:
        """Say what answers hold of them, which may go or stay."""
        try:
            quoting = await self._quoth.engine.keep(lambda stored: stored.quoting(chosen))
        except Exception as error:
            self._quoth.complain(said(error))
            return
        named = [visible(self._rows.names[source], one_line=True) for source in chosen[:NAMED]]
        more = [f"and {len(chosen) - NAMED} more"] if len(chosen) > NAMED else []
        quotes = (
            [f"{quoting} {'holds' if quoting.answers == 1 else 'hold'} text of what you remove."] if quoting else []
        )
        about = "\n".join([*named, *more, "", *quotes, "The files themselves stay where they are."])

        def answered(way: bool | str | None) -> None:
            if way:
                self._quoth.adding.remove(chosen, quotes=way == "quotes")

        question = f"Remove {documents(len(chosen))} from the library?"
        if quoting:
            ways = {"remove": "Remove", "quotes": "Remove with its quotes"}
            self.app.push_screen(Choose(question, about, ways), answered)
        else:
            self.app.push_screen(Confirm(question, about, yes="Remove"), answered)

    def action_failures(self) -> None:
        """Show what was left out since the chat was opened, and why."""
        self.app.push_screen(FailuresScreen(self._quoth.adding.failed, self._quoth.adding.notices, self._rows.sources))

    def action_scope(self) -> None:
        """Ask of the chosen documents alone, and go back to the talk."""
        if chosen := self._chosen:
            self.app.post_message(ScopeWanted(chosen))
            self.dismiss()

    def action_filter(self) -> None:
        """Type what to look for."""
        self.set_focus(self.query_one(Input))

    @on(Input.Submitted)
    def action_to_table(self) -> None:
        """From the filter to the rows."""
        self.set_focus(self.table)

    def action_back(self) -> None:
        """Take notices away, else clear the filter; without either, close the screen."""
        if self._quoth.clear_notices():
            return
        if self.query_one(Input).value:
            self.query_one(Input).clear()
            self.table.focus()
        else:
            self.dismiss()

    def take_typing(self, event: events.Key) -> bool:
        """Go to the filter at once: a letter right behind the slash is its first, and not what the letter does."""
        bound = self.active_bindings.get(event.key)
        filtering = bound is not None and bound.enabled and bound.binding.action == "filter"
        if filtering and not isinstance(self.focused, Input):
            self.set_focus(self.query_one(Input))
            return True
        return False

    @on(Table.Selected)
    def _details(self, event: Table.Selected) -> None:
        if source := self._rows.sources.get(event.key):  # it may be gone since the key was pressed
            self.app.push_screen(DocumentScreen(source, self._rows.cells(event.key)[-1]))

    @on(Button.Pressed, "#documents-add")
    def _add(self) -> None:
        self.action_add()

    @on(Button.Pressed, "#documents-samples")
    def _samples(self) -> None:
        self._quoth.adding.add([str(sample_corpus())])
