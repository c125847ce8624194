"""Help for whatever has the focus: its keys, then the screen's, then the commands."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui import keys
from tui.commands import COMMANDS
from tui.outside import outside
from tui.screens.dialog import Dialog

CITATIONS = "Alt and a number, or the number alone outside the prompt"


class HelpScreen(Dialog[None]):
    """The keys that worked where help was called from."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,q", "dismiss(None)", "Close")]

    def __init__(self, about: Screen[object]) -> None:
        """about: the screen that was open."""
        super().__init__()
        self._keys = list(keys.active(about))

    def compose(self) -> ComposeResult:
        """One section for each place that keys come from."""
        with Vertical(classes="dialog help"):
            yield Static("Help", classes="dialog-title")
            with VerticalScroll():
                for place, listed in self._keys:
                    yield Static(outside(place), classes="help-title")
                    rows = [outside(f"{key.key:<18} {key.does}") for key in listed if not _number(key)]
                    if len(rows) < len(listed):
                        rows.append(outside(f"{'Alt+1 … 9':<18} Show a citation ({CITATIONS})"))
                    yield Static(Content("\n").join(rows))
                yield Static("Commands", classes="help-title")
                yield Static(
                    Content("\n").join(outside(f"{command.usage:<28} {command.about}") for command in COMMANDS)
                )
                yield Static("In a question", classes="help-title")
                yield Static(outside("@NAME limits it to a document; Tab or Enter takes what is offered."))
                yield Static("Keys of your own", classes="help-title")
                yield Static(
                    outside(
                        'In quoth.toml, under [chat.keys], by these names: "chat.documents" = "ctrl+t".'
                        " `quoth config` says where the file is."
                    )
                )
                named = [key for _, listed in self._keys for key in listed if key.id]
                yield Static(Content("\n").join(outside(f"{key.id:<24} {key.does}") for key in named))
            yield Static(Content.from_markup("[@click=screen.dismiss]Esc closes[/]"), classes="links")


def _number(key: keys.Key) -> bool:
    return key.does.startswith("Citation ")
