"""Every error that Quoth raises on purpose. Each message is one line: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Iterator


class QuothError(Exception):
    """Root of all of Quoth's errors."""


class InputError(QuothError, ValueError):
    """What the caller passed cannot be used: an empty question, k below 1, an unknown message shape."""


class SourceNotFound(QuothError, LookupError):
    """A path does not exist, or is not a source of this library."""


class ConversationNotFound(QuothError, LookupError):
    """There is no such conversation or turn, or no longer."""


class ReadError(QuothError):
    """A file could not be read into a document; the message says why and what to do.

    lasting: it took effort to find out and depends on the file and the limits alone, so that it need not be tried
    again while these stay the same.
    """

    def __init__(self, message: str, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.lasting = lasting


class SettingsError(QuothError):
    """quoth.toml or a QUOTH_* variable holds something unknown or unusable."""


class LibraryError(QuothError):
    """The library as stored cannot be used as asked."""


class LibraryNotFound(LibraryError):
    """There is no library of this name or at this path."""


class LibraryEmpty(LibraryError):
    """The library holds no documents yet."""


class LibraryMismatch(LibraryError):
    """The library was made with another embedding model, or by a newer version of Quoth."""


class LibraryLocked(LibraryError):
    """Another process is writing to the library."""


class StoreError(LibraryError):
    """The Chroma server that holds the library does not answer, or not as it should."""


class LibraryDamaged(LibraryError):
    """A stored file of the library is damaged; the message names the command that mends it."""


class ClusterError(QuothError):
    """The Ray cluster that was to index documents is missing, cannot be reached, or gave up."""


class ModelError(QuothError):
    """An embedding or chat model is missing, damaged or does not answer."""


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what it was raised from, what that was raised from, and so on."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
