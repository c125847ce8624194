"""What is told of the documents of a library: how far an add is, what it did, and how the disk differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from qa.types.schema import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was left out, and why, in words that say what to do."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an add, update or rebuild did. Each tuple holds sources (absolute paths) in the order of the work.

    chunks: chunks of the added and updated documents; `embedded` of them were not known and were computed.
    notices: lines a person should read, such as an empty folder from which nothing was removed.
    cancelled: it was interrupted; what is listed is done and kept.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0
    notices: tuple[str, ...] = ()
    cancelled: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values, with the version of this shape under "schema"."""
        return {"schema": SCHEMA_VERSION, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Changes:
    """How the disk differs from the library, by source."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an add stands: `done` of `total` files, and the file at hand (for "compiling" and "waiting", a line).

    "checking" is of an examination (`Library.doctor`): `done` of `total` of what `source` says. "asking" is of an
    evaluation: `done` of `total` questions.
    """

    stage: Literal["waiting", "compiling", "reading", "indexing", "checking", "asking"]
    done: int
    total: int
    source: str = ""
    chunks: int = 0


Engine = Literal["local", "ray"]
"""Where an add reads, cuts and embeds: in this process, or on a Ray cluster."""

OnProgress = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """What is told of the progress where nobody wants to know."""
