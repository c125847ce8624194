"""What the widgets of the chat tell each other. Each message goes up to the screen, which decides."""

from __future__ import annotations

from textual.message import Message

from tui.place import Place


class PlaceOpened(Message):
    """Show this place in the source pane. at: the turn that it belongs to, and the how many-th of its places it is.

    by_hand: the reader has chosen it; else it is shown because its answer has come.
    """

    def __init__(self, place: Place, at: tuple[int, int], *, by_hand: bool = True) -> None:
        super().__init__()
        self.place, self.at, self.by_hand = place, at, by_hand


class QuestionSent(Message):
    """Ask this. where: the sources to limit this one question to; None keeps the conversation's own.

    typed: how it stood in the prompt, with the names of those sources; "" for the question as it is.
    """

    def __init__(self, question: str, where: tuple[str, ...] | None = None, typed: str = "") -> None:
        super().__init__()
        self.question, self.where, self.typed = question, where, typed


class CommandSent(Message):
    """Do what was typed behind a slash: its name, and what follows."""

    def __init__(self, name: str, argument: str) -> None:
        super().__init__()
        self.name, self.argument = name, argument


class PathsSent(Message):
    """This was sent and begins as a path does: offer to add it, if all that it names is there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class AddWanted(Message):
    """Add these paths to the library; none means: let me choose."""

    def __init__(self, *paths: str) -> None:
        super().__init__()
        self.paths = paths


class AskAgain(Message):
    """Answer the question of this turn once more."""

    def __init__(self, turn: int) -> None:
        super().__init__()
        self.turn = turn


class ConversationChosen(Message):
    """Open this conversation; turn: and go to this turn of it."""

    def __init__(self, conversation: int, turn: int | None = None) -> None:
        super().__init__()
        self.conversation, self.turn = conversation, turn


class LibraryChanged(Message):
    """Documents were added or removed."""


class MoreShown(Message):
    """Turns of the conversation that were not shown before are shown now."""


class ScopeWanted(Message):
    """Limit the questions to these sources. Posted to the app, since the talk is on another screen."""

    def __init__(self, sources: tuple[str, ...]) -> None:
        super().__init__()
        self.sources = sources
