"""Choosing what to add: by typing or pasting paths, or from a tree of folders."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path
from typing import ClassVar, cast

from rich.text import Text
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.suggester import Suggester
from textual.widgets import Button, DirectoryTree, Input, Static

from qa import sample_corpus
from qa.display import visible
from tui.outside import outside
from tui.paths import MOST, absolute, completed, completions, exists, folder_typed, home_or_here, paths_in
from tui.screens.dialog import Dialog
from tui.widgets.folders import Folders

OFFERED = 8
"""Names that are shown of those which a path may go on with."""


class AddScreen(Dialog[tuple[str, ...] | None]):
    """The paths that are to be added, all of which exist; None when nothing was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def compose(self) -> ComposeResult:
        """The line for paths above the tree."""
        with Vertical(classes="dialog", id="add"):
            yield Static("Add files or folders", classes="dialog-title")
            yield PathInput(placeholder="type, paste or drop paths here; Tab completes", id="add-paths")
            yield Static(id="add-wrong")
            yield Folders(home_or_here())
            with Horizontal(classes="dialog-buttons"):
                yield Button("Folder above", id="add-above", compact=True)
                yield Button("Try the sample corpus", id="add-samples", compact=True)
                yield Button("Cancel", id="add-cancel", compact=True)
                yield Button("Add", id="add-well", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Nothing is wrong yet."""
        self.query_one("#add-wrong").display = False

    @on(DirectoryTree.FileSelected)
    @on(DirectoryTree.DirectorySelected)
    def _chosen(self, event: DirectoryTree.FileSelected | DirectoryTree.DirectorySelected) -> None:
        self.query_one(PathInput).value = str(event.path)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self.query_one("#add-wrong").display = False
        if event.input.has_focus:
            self._follow(event.value)

    @work(exclusive=True, group="follow")
    async def _follow(self, typed: str) -> None:
        """Show the folder that is typed in the tree."""
        folder = await asyncio.to_thread(folder_typed, typed)
        tree = self.query_one(Folders)
        if folder is not None and folder != str(tree.path):
            tree.path = folder

    @on(Input.Submitted)
    @on(Button.Pressed, "#add-well")
    async def _submitted(self) -> None:
        given = self.query_one(PathInput).value
        if not given.strip() and (chosen := self.query_one(Folders).chosen):
            self.dismiss((absolute(chosen),))
            return
        paths, missing = await asyncio.to_thread(_looked_up, given)  # a network drive may take its time
        if missing is not None:
            self.complain(f"There is no {missing}")
        elif paths:
            self.dismiss(paths)
        else:
            self.complain("Give a path, or choose one below")

    @on(Button.Pressed, "#add-above")
    def _above(self) -> None:
        tree = self.query_one(Folders)
        tree.path = Path(tree.path).parent

    @on(Button.Pressed, "#add-samples")
    def _samples(self) -> None:
        self.dismiss((str(sample_corpus()),))

    @on(Button.Pressed, "#add-cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    def complain(self, wrong: str) -> None:
        """Say what is wrong, below the line for paths."""
        self._say(wrong)
        self.query_one(PathInput).focus()

    async def offer(self, typed: str) -> bool:
        """Name what a path may go on with, below its line; False where that is named already, or nothing."""
        names = await asyncio.to_thread(completions, typed)
        if len(names) < 2 or self.query_one("#add-wrong").display:
            return False
        more = f" and {len(names) - OFFERED} more" if len(names) > OFFERED else ""
        self._say("  ".join(names[:OFFERED]) + more)
        return True

    def _say(self, text: str) -> None:
        line = self.query_one("#add-wrong", Static)
        line.update(outside(text, one_line=True))
        line.display = True


def _looked_up(text: str) -> tuple[tuple[str, ...], str | None]:
    """The paths in the text, absolute, and the first of them that does not exist."""
    paths = paths_in(text)
    missing = next((path for path in paths if not exists(path)), None)
    return (() if missing is not None else tuple(absolute(path) for path in paths)), missing


class PathInput(Input):
    """A line of paths. Several pasted lines become one; Tab completes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "Complete", show=False)]

    def __init__(self, *, placeholder: str, id: str) -> None:
        super().__init__(placeholder=placeholder, compact=True, id=id, suggester=_Completer(), select_on_focus=False)

    async def action_complete(self) -> None:
        """Take the suggestion; without one, name what there is to choose from, else go on to the next widget."""
        if self._suggestion and self.cursor_at_end:
            self.action_cursor_right()
        elif not self.value or not await cast(AddScreen, self.screen).offer(self.value):
            self.screen.focus_next()

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()  # Input takes the first line alone
        text = event.text.strip()
        if len(self.value) + len(text) > MOST:  # every line of it would be looked up
            cast(AddScreen, self.screen).complain(
                f"Nothing was pasted: {len(text):,} characters are more than the {MOST:,} that are taken; add a folder"
            )
            return
        self.insert_text_at_cursor(shlex.join(paths_in(text)) if len(text.splitlines()) > 1 else text)

    @property
    def _value(self) -> Text:
        """The value as it is drawn: each character that a terminal would obey as a single visible one."""
        drawn = "".join(one if visible(one, one_line=True) == one else "␦" for one in self.value)
        return Text(drawn, no_wrap=True, overflow="ignore", end="")


class _Completer(Suggester):
    """Completes the path that is typed."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The path completed."""
        return await asyncio.to_thread(completed, value)
