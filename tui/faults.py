"""What is said of an error, in one line."""

from __future__ import annotations

from qa import logs
from qa.apikeys import hidden
from qa.errors import QuothError


def said(error: BaseException) -> str:
    """A QuothError as it is, what the system refused in its own words, and anything else as a fault of the program.

    A fault is logged, and told without its words: they may be a document's, or a key.
    """
    if isinstance(error, QuothError):
        return hidden(str(error))
    if isinstance(error, OSError) and error.strerror:
        named = ", ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
        return f"{error.strerror}: {named}" if named else error.strerror
    logs.fault(error)
    return logs.in_short(error)


def sentence(text: str) -> str:
    """What is said, with a capital letter where it begins with a plain word; a path or a name stays as it is."""
    word = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if word.isalpha() and word.islower() else text
