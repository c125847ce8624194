"""The terminal's own title, which follows the conversation."""

from __future__ import annotations

from typing import Any

from textual.app import App

from qa.display import visible

_KEEP, _RESTORE = "\x1b[22;2t", "\x1b[23;2t"
"""What most terminals keep the title before, and bring it back, with; others ignore both."""


def keep_title(app: App[Any]) -> None:
    """Let the terminal remember the title that it has."""
    _write(app, _KEEP)


def set_title(app: App[Any], title: str) -> None:
    """Give the terminal this title."""
    _write(app, f"\x1b]2;{visible(title, one_line=True)}\x07")


def restore_title(app: App[Any]) -> None:
    """Bring back the title that was there before."""
    _write(app, _RESTORE)


def _write(app: App[Any], sequence: str) -> None:
    if app._driver is not None and not app.is_headless:
        app._driver.write(sequence)
