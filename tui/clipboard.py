"""The system's clipboard, beside the terminal's own way (OSC 52)."""

from __future__ import annotations


def copy(text: str) -> tuple[bool, str]:
    """Put the text on the system's clipboard: whether it worked, and what to tell the user."""
    raise NotImplementedError
