"""A question that is answered with yes or no, or with a line of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Static

from tui.outside import outside
from tui.screens.dialog import Dialog, T


class _About(VerticalScroll, can_focus=False):
    """What a question is about, shown whole: scrolled where it is long, so that the buttons stay in view."""

    def __init__(self, about: str) -> None:
        super().__init__(classes="dialog-about")
        self._about = about

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static(outside(self._about))


class _Question(Dialog[T]):
    """A question with buttons: left and right go to another one, up and down read on in what it is about."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("up", "read(-1)", show=False),
        Binding("down", "read(1)", show=False),
        Binding("pageup", "read(-8)", show=False),
        Binding("pagedown", "read(8)", show=False),
    ]

    def action_read(self, lines: int) -> None:
        """Scroll what it is about by so many lines."""
        for about in self.query(_About):
            about.scroll_relative(y=lines, animate=False)


class Confirm(_Question[bool]):
    """Whether to go on; Esc and the first button say no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "No"),
        Binding("y", "dismiss(True)", "Yes", show=False),
        Binding("n", "dismiss(False)", "No", show=False),
    ]

    def __init__(self, question: str, about: str = "", *, yes: str = "Yes", no: str = "Cancel") -> None:
        """about: what it is about, shown whole. yes, no: what the buttons say."""
        super().__init__()
        self._question, self._about, self._yes, self._no = question, about, yes, no

    def compose(self) -> ComposeResult:
        """The question above the two buttons."""
        with Vertical(classes="dialog"):
            yield Static(outside(self._question), classes="dialog-title")
            if self._about:
                yield _About(self._about)
            with Horizontal(classes="dialog-buttons"):
                yield Button(outside(self._no), id="no")
                yield Button(outside(self._yes), id="yes", variant="primary")

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class Choose(_Question[str | None]):
    """Which of several ways to go on; None where Esc or the first button says none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "dismiss(None)", "No"),
    ]

    def __init__(self, question: str, about: str, choices: Mapping[str, str]) -> None:
        """about: what it is about, shown whole. choices: what is chosen, with what its button says."""
        super().__init__()
        self._question, self._about, self._choices = question, about, choices

    def compose(self) -> ComposeResult:
        """The question above the buttons."""
        with Vertical(classes="dialog"):
            yield Static(outside(self._question), classes="dialog-title")
            yield _About(self._about)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="no")
                for name, says in self._choices.items():
                    yield Button(outside(says), id=name, variant="primary")

    @on(Button.Pressed)
    def _chosen(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id if event.button.id in self._choices else None)


class Ask(Dialog[str | None]):
    """A line of text; None when it was not given."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(self, question: str, value: str = "", *, yes: str = "OK") -> None:
        """value: what stands there at first. yes: what the button says."""
        super().__init__()
        self._question, self._value, self._yes = question, value, yes

    def compose(self) -> ComposeResult:
        """The question above the line."""
        with Vertical(classes="dialog"):
            yield Static(outside(self._question), classes="dialog-title")
            yield Input(self._value)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Cancel", id="no")
                yield Button(outside(self._yes), id="yes", variant="primary")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(self.query_one(Input).value if event.button.id == "yes" else None)
