"""What every screen that is closed has in common, whether it lies above another one or covers it."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from tui.widgets.footer import Footer

T = TypeVar("T")


class Closing(Screen[T]):
    """A screen that closes itself and no other."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close with this result, once: Textual closes whatever is on top, and a second Enter may have been waiting."""
        return super().dismiss(result) if self.is_active else AwaitComplete()


class Dialog(ModalScreen[T], Closing[T]):  # the order by which Textual finds the styles
    """A screen above the one that it is about, with a footer of its own: no key of that screen works now."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1", "app.help", "Help", id="app.help")]

    def on_mount(self) -> None:
        """Cover the footer below."""
        self.mount(Footer())
