"""What the widgets of the chat tell each other. Each message goes up to the screen, which decides."""

from __future__ import annotations

from textual.message import Message

from tui.place import Place


class PlaceOpened(Message):
    """Show this place in the source pane."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


class QuestionSent(Message):
    """Ask this. where: the sources to limit this one question to; None keeps the conversation's own."""

    def __init__(self, question: str, where: tuple[str, ...] | None = None) -> None:
        super().__init__()
        self.question, self.where = question, where


class CommandSent(Message):
    """Do what was typed behind a slash: its name, and what follows."""

    def __init__(self, name: str, argument: str) -> None:
        super().__init__()
        self.name, self.argument = name, argument


class AddWanted(Message):
    """Add these paths to the library; none means: let me choose."""

    def __init__(self, *paths: str) -> None:
        super().__init__()
        self.paths = paths


class TurnWanted(Message):
    """Something is to be done with a turn of the talk."""

    def __init__(self, turn: int) -> None:
        super().__init__()
        self.turn = turn


class AskAgain(TurnWanted):
    """Answer its question once more."""


class EditQuestion(TurnWanted):
    """Put its question into the prompt."""


class CopyTurn(TurnWanted):
    """Copy its question and answer."""


class ConversationChosen(Message):
    """Open this conversation; turn: and go to this turn of it."""

    def __init__(self, conversation: int, turn: int | None = None) -> None:
        super().__init__()
        self.conversation, self.turn = conversation, turn


class LibraryChanged(Message):
    """Documents were added or removed."""
