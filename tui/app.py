"""The chat's application: what every screen shares. Nothing heavy is imported before the first paint."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.notifications import SeverityLevel
from textual.screen import Screen

from qa.display import visible
from qa.errors import QuothError
from tui import clipboard
from tui.engine import Engine
from tui.palette import system_commands
from tui.plain import PlainCharacters, plain_terminal
from tui.remembered import Remembered
from tui.screens.chat import ChatScreen
from tui.screens.confirm import Confirm
from tui.themes import DARK, THEMES

if TYPE_CHECKING:
    from qa import Source

SWITCH = 0.001
"""Seconds after which a working thread lets another one go on; Python's 0.005 make keys wait behind an import."""


class QuothApp(App[int]):
    """The chat over one library."""

    CSS_PATH = "quoth.tcss"
    TITLE = "Quoth"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (150, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", priority=True, show=False),
        Binding("f1", "help", "Help", id="app.help"),
        Binding("ctrl+z", "suspend_process", "Suspend", id="app.suspend", show=False),
    ]

    def __init__(self, library: str | None = None, paths: Sequence[str] = ()) -> None:
        """library: a name or path; None is the one of the settings. paths: added when the chat opens."""
        super().__init__()
        self.engine = Engine(library)
        self.sources: tuple[Source, ...] = ()
        self._paths = tuple(paths)
        self._remembered = Remembered()
        if plain_terminal():
            self._filters.append(PlainCharacters())

    def on_mount(self) -> None:
        """Show the chat."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = self._remembered.get("theme", DARK, self.available_themes)
        self.theme_changed_signal.subscribe(self, lambda theme: self._remembered.set("theme", theme.name))
        self.push_screen(ChatScreen(self._paths))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette lists besides the screen's own actions."""
        return system_commands(self, screen)

    # What every screen may use

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a short notice. Whatever is in it is text, never markup."""
        del markup
        super().notify(
            visible(message), title=visible(title, one_line=True), severity=severity, timeout=timeout, markup=False
        )

    def complain(self, error: QuothError | str) -> None:
        """Show what went wrong."""
        self.notify(str(error), severity="error", timeout=10)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy through the terminal and to the system's clipboard, and say what came of it."""
        super().copy_to_clipboard(text)
        well, said = clipboard.copy(text)
        self.notify(said, severity="information" if well else "warning")

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open a link in the browser, after a question that shows the whole address."""

        def answered(yes: bool | None) -> None:
            if yes:
                super(QuothApp, self).open_url(url, new_tab=new_tab)

        self.push_screen(Confirm("Open this address in the browser?", url, yes="Open"), answered)

    def leave(self, error: QuothError | None = None) -> None:
        """Leave the chat; because of an error, which is then the last line on the terminal."""
        if error:
            self.exit(1, 1, Text(visible(str(error), one_line=True)))
        else:
            self.exit(0)


def run(library: str | None = None, paths: Sequence[str] = ()) -> int:
    """Open the chat and return the command's exit code."""
    sys.setswitchinterval(SWITCH)
    app = QuothApp(library, paths)
    return app.run() or app.return_code or 0
