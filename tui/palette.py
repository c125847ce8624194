"""Every action, as the command palette lists it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen

if TYPE_CHECKING:
    from tui.app import QuothApp


def system_commands(app: QuothApp, screen: Screen[object]) -> Iterable[SystemCommand]:
    """The actions that there are now."""
    yield SystemCommand("Theme", "Change the colours", app.action_change_theme)
    yield SystemCommand("Quit", "Leave the chat", app.leave)
