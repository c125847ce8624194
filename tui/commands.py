"""The commands that are typed behind a slash."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """name: as typed, without the slash. argument: what may follow, "" for nothing. about: what it does."""

    name: str
    argument: str
    about: str

    @property
    def usage(self) -> str:
        """How it is written."""
        return f"/{self.name} {self.argument}".rstrip()


COMMANDS = (
    Command("add", "[PATH...]", "add files or folders to the library"),
    Command("sources", "", "list the documents"),
    Command("scope", "[PATTERN|all]", "choose which documents are searched"),
    Command("model", "[NAME|quotes]", "say or choose what writes the answers"),
    Command("explain", "", "say why the answer at hand is as it is"),
    Command("search", "[WORDS]", "search everything ever asked and answered"),
    Command("export", "[FILE.md|FILE.json]", "write this conversation to a file"),
    Command("new", "", "begin a new conversation"),
    Command("rename", "[TITLE]", "rename this conversation"),
    Command("delete", "", "delete this conversation"),
    Command("help", "", "show the keys and commands"),
    Command("quit", "", "leave the chat"),
)


def parse(text: str) -> tuple[Command | None, str] | None:
    """The command that a line is and what follows it; (None, its name) for an unknown one; None for a question."""
    if not text.startswith("/") or text.startswith("//"):
        return None
    name, argument = [*text[1:].split(None, 1), "", ""][:2]
    found = next((command for command in COMMANDS if command.name == name.strip().lower()), None)
    return (found, argument.strip()) if found else (None, name.strip())


def matching(fragment: str) -> list[Command]:
    """The commands to offer for what was typed behind the slash."""
    return [command for command in COMMANDS if command.name.startswith(fragment.lower())]
