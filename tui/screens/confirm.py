"""A question that is answered with yes or no, or with a line of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from tui.outside import outside
from tui.screens.dialog import Dialog


class Confirm(Dialog[bool]):
    """Whether to go on; Esc and the first button say no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(False)", "No"),
        Binding("y", "dismiss(True)", "Yes", show=False),
        Binding("n", "dismiss(False)", "No", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
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
                yield Static(outside(self._about), classes="dialog-about")
            with Horizontal(classes="dialog-buttons"):
                yield Button(outside(self._no), id="no")
                yield Button(outside(self._yes), id="yes", variant="primary")

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class Choose(Dialog[str | None]):
    """Which of several ways to go on; None where Esc or the first button says none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "dismiss(None)", "No"),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, about: str, choices: Mapping[str, str]) -> None:
        """about: what it is about, shown whole. choices: what is chosen, with what its button says."""
        super().__init__()
        self._question, self._about, self._choices = question, about, choices

    def compose(self) -> ComposeResult:
        """The question above the buttons."""
        with Vertical(classes="dialog"):
            yield Static(outside(self._question), classes="dialog-title")
            yield Static(outside(self._about), classes="dialog-about")
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
