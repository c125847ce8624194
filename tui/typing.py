"""Typing where nothing takes it: the screen says where it goes."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from textual import events


@runtime_checkable
class TakesTyping(Protocol):
    """A screen on which what is typed goes to one place, wherever the focus is."""

    def take_typing(self, event: events.Key) -> bool:
        """Give that place the focus if the key is for it; whether that is all that the key is for.

        This comes before the key goes to what has the focus: the next one may have been pressed already.
        """
