"""`quoth` and `quoth chat` in a terminal without typer: to load it takes a quarter of the time to the first paint."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def chat_with(arguments: Sequence[str]) -> tuple[str | None, list[str]] | None:
    """The library and paths of a chat that needs nothing else; None where typer is to read the arguments."""
    match list(arguments):
        case [] | ["chat"]:
            return None, []
        case ["--library" | "-l", library] | ["--library" | "-l", library, "chat"] if not library.startswith("-"):
            return library, []
        case ["chat", *paths, "--library" | "-l", library] if not any(one.startswith("-") for one in (*paths, library)):
            return library, paths
        case ["chat", *paths] if not any(path.startswith("-") for path in paths):
            return None, paths
    return None


def in_terminal() -> bool:
    """Whether a person can see the chat and type into it."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def open_chat(library: str | None, paths: list[str]) -> int:
    """Open the chat in this terminal and return the exit code. Raises InputError for a path that is not there."""
    from qa import __version__, logs

    logs.log.info("quoth %s, command chat", __version__)
    if paths:
        from qa.places import existing

        existing(paths)  # a path that is mistyped is said before the screen opens
    from tui.app import run

    return run(library, paths)
