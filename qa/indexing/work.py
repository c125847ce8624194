"""What passes from step to step of an add: files that have to be read, and what becomes of them."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from qa import __version__
from qa.catalog.writing import Stamp
from qa.reading import plugins
from qa.settings import ReadingSettings
from qa.types import Chunk, Document, Failure, IndexReport, OnProgress, Progress

if TYPE_CHECKING:
    from qa.embedding.session import Vectors


class Cancelled(Exception):
    """The caller's event was set."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that has to be read, the root it was found under, and what it was like when it was looked at."""

    path: str
    root: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, and why; `lasting` as in ReadError."""

    file: File
    reason: str
    lasting: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """A file that was read and cut, not yet kept. hashes: of the chunks' texts."""

    file: File
    document: Document
    chunks: Sequence[Chunk]
    hashes: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Lot:
    """Vectors by the hashes of the texts they are of, and the files that are complete with them and what came before.

    last: the path of the file at hand, for the progress.
    """

    last: str
    names: Sequence[bytes]
    vectors: Vectors | None
    cuts: Sequence[Cut]


class Maker(Protocol):
    """A way to read, cut and embed files. It changes nothing in the catalog."""

    def make(self, files: Iterator[File]) -> Generator[Unread | Lot, None, None]:
        """What becomes of the files, as it gets done; where `files` raises Cancelled, what is done, then the same."""


@dataclass(slots=True)
class Tally:
    """What an add did so far, and how far it is."""

    progress: OnProgress
    total: int = 0
    done: int = 0
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    chunks: int = 0
    embedded: int = 0

    def step(self, path: str) -> None:
        """A file is done with."""
        self.done += 1
        self.say(path, self.chunks)

    def say(self, path: str, chunks: int) -> None:
        """Tell of the file at hand."""
        self.progress(Progress("reading", self.done, self.total, path, chunks))

    def report(self, cancelled: bool) -> IndexReport:
        """All of it, for the caller."""
        return IndexReport(
            added=tuple(self.added),
            updated=tuple(self.updated),
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            failed=tuple(self.failed),
            chunks=self.chunks,
            embedded=self.embedded,
            notices=tuple(self.notices),
            cancelled=cancelled,
        )


def suffix_of(path: str) -> str:
    """The suffix of a name, which need not be text, as text."""
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122
    return os.fsencode(suffix).decode("utf-8", "backslashreplace")


def version_of(settings: ReadingSettings) -> str:
    """What reads files here: a failure that lasts is only known of the same versions with the same limits."""
    return f"{__version__} {settings.model_dump_json()} {plugins.versions()}".rstrip()
