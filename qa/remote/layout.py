"""What a library looks like in a Chroma server.

Three collections. NAME says in its metadata what the library is (`Root`), and which pair of collections holds it:
NAME.N.chunks has the chunks, with their text, vector and all that a citation needs; NAME.N.sources has a row for each
source, that names its document. Chunks are immutable: a document that is read again has another key, so its chunks have
other ids. A document is in the library exactly while a row of a source names it; rows are written after its chunks and
deleted before them, and a changed source changes its one row, so that a reader sees a document whole or not at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any

from qa.catalog import StoredChunk
from qa.errors import LibraryMismatch, StoreError
from qa.settings import StoreSettings
from qa.types import Mark, Source, mark_at
from qa.words import words

FORMAT = 1
"""Of all that follows; a library with a higher one was made by a newer Quoth."""

COMMON = "words"
"""Id of the row of NAME that has the words of many chunks, with how many have them, as JSON."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]|[A-Za-z0-9]")
_ORDINALS = 32
"""Bits of a chunk's number that say which of its document it is; those above are the document's key."""


@dataclass(frozen=True, slots=True)
class Root:
    """What a library on a server is.

    version: rises before every change that a reader can see, to an odd number, and after it, to an even one; it stays
    odd where the writer was killed in between. generation: which pair of collections holds it. catalog: the id of the
    catalog that it is filled from. spelling: of `qa.words`, which made its lists of words. common: the version since
    which the row of common words is as it is, which is written last. sources, documents, chunks: how many there were
    at the last even version.
    """

    version: int
    generation: int
    catalog: str
    fingerprint: str
    model: str
    tokens: int
    spelling: str
    common: int = 0
    sources: int = 0
    documents: int = 0
    chunks: int = 0

    @classmethod
    def of(cls, name: str, metadata: Mapping[str, Any] | None) -> Root:
        """The root that a collection's metadata is. Raises StoreError for another's, LibraryMismatch for a newer."""
        metadata = metadata or {}
        found = metadata.get("quoth")
        if not isinstance(found, int):
            raise StoreError(f"the collection {name} is not Quoth's; set store.collection to another name")
        if found > FORMAT:
            raise LibraryMismatch(
                f"the library {name} on the server was made by a newer version of Quoth (format {found}, this one "
                f"knows {FORMAT}); nothing was changed. Run: pip install --upgrade quoth"
            )
        try:
            return cls(**{field.name: metadata[field.name] for field in fields(cls)})
        except KeyError as error:
            raise StoreError(f"the collection {name} lacks {error} in its metadata; run quoth rebuild") from None

    @property
    def changing(self) -> bool:
        """Whether rows of sources may be others at every look, though the version is the same."""
        return self.version % 2 == 1

    @property
    def finished(self) -> bool:
        """Whether the writer came to its end after it had changed something."""
        return self.version == self.common

    def metadata(self) -> dict[str, Any]:
        """The metadata that `of` reads."""
        return {"quoth": FORMAT, **asdict(self)}


def name_of(settings: StoreSettings, library: str) -> str:
    """The collection of a library: the one that is set, or one made of the library's name here."""
    if settings.collection:
        return settings.collection
    if _NAME.fullmatch(library) and len(library) <= 100:
        return f"quoth-{library}"
    plain = re.sub("[^A-Za-z0-9]+", "-", library).strip("-")[:60]
    digest = hashlib.sha256(os.fsencode(library)).hexdigest()[:12]
    return f"quoth-{plain}-{digest}" if plain else f"quoth-{digest}"


# Documents


def document_key(*facts: str | int | None) -> str:
    """What tells a document with its chunks from every other, now and later: its content, and how it was cut."""
    return hashlib.sha256("\0".join(map(str, facts)).encode()).hexdigest()[:32]


def number_of(key: str) -> int:
    """The key as the number by which a document is called here; Python's have no limit."""
    return int(key, 16)


def key_of(number: int) -> str:
    """The key of a document's number."""
    return f"{number:032x}"


def chunk_id(key: str, ordinal: int) -> str:
    """The id of a chunk on the server."""
    return f"{key}-{ordinal:06d}"


def chunk_number(name: str) -> int:
    """The number by which the chunk of an id is called here."""
    key, _, ordinal = name.partition("-")
    return number_of(key) << _ORDINALS | int(ordinal)


def chunk_name(number: int) -> str:
    """The id of a chunk's number."""
    return chunk_id(key_of(number >> _ORDINALS), number & (1 << _ORDINALS) - 1)


def document_number(chunk: int) -> int:
    """The number of the document that a chunk's number says."""
    return chunk >> _ORDINALS


# Rows of sources


@dataclass(frozen=True, slots=True)
class Held:
    """A source as the server has it; `document` is its document's number."""

    source: Source
    document: int
    root: str
    notices: tuple[str, ...]


def source_id(path: str) -> str:
    """The id of a source's row."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:32]


def source_row(source: Source, root: str, key: str, notices: str) -> dict[str, Any]:
    """The metadata of a source's row. notices: as JSON."""
    row: dict[str, Any] = {
        **_path("source", source.source),
        **_path("root", root),
        "document": key,
        "notices": notices,
        **{name: value for name, value in asdict(source).items() if name != "source"},
        "added": repr(source.added),  # a number would come back with another last digit
    }
    return {name: value for name, value in row.items() if value is not None}


def held(row: Mapping[str, Any]) -> Held:
    """What a row says. Raises StoreError for one that is none."""
    facts = {field.name: row.get(field.name) for field in fields(Source) if field.name != "source"}
    with _written_here():
        facts["added"] = float(row["added"])
        source = Source(source=_read_path("source", row), **facts)  # type: ignore[arg-type]
        notices = tuple(json.loads(row["notices"]))
        return Held(source, number_of(row["document"]), _read_path("root", row), notices)


def _path(name: str, path: str) -> dict[str, str]:
    """A path, which need not be text, as text; with its bytes where that is another."""
    data = os.fsencode(path)
    shown = data.decode("utf-8", "backslashreplace")
    exact = {} if os.fsencode(shown) == data else {f"{name}_bytes": base64.b64encode(data).decode()}
    return {name: shown, **exact}


def _read_path(name: str, row: Mapping[str, Any]) -> str:
    exact = row.get(f"{name}_bytes")
    return str(row[name]) if exact is None else os.fsdecode(base64.b64decode(exact))


# Rows of chunks


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk as the server has it, and the marks in it: that it begins under, and those that begin in it."""

    chunk: StoredChunk
    under: Mark
    marks: tuple[Mark, ...]

    def holds(self, document: int, offset: int) -> bool:
        """Whether it has this character of this document."""
        return self.chunk.document == document and self.chunk.start <= offset < self.chunk.end

    def mark_at(self, offset: int) -> Mark:
        """The mark that a character of it stands under."""
        found = mark_at(self.marks, offset)
        return found if found in self.marks else self.under


def chunk_row(
    chunk: StoredChunk, key: str, source: Source, marks: Sequence[Mark], *, last: bool = False
) -> dict[str, Any]:
    """The metadata of a chunk's row.

    source: of its document. marks: of the document. last: it is the document's last, so that marks behind go with it.
    words: what `$contains` finds it by, spelled as qa.words spells a question's.
    """
    begins = [mark for mark in marks if chunk.start <= mark.start and (last or mark.start < chunk.end)]
    under = mark_at(marks, chunk.start)
    row: dict[str, Any] = {
        "document": key,
        "ordinal": chunk.ordinal,
        "start": chunk.start,
        "end": chunk.end,
        "line": chunk.line,
        **_path("source", source.source),
        "sha256": source.sha256,
        "kind": source.kind,
        "page": under.page,
        "heading": under.heading,
        "marks": json.dumps([[mark.start, mark.page, mark.heading] for mark in begins]) if begins else None,
        "words": sorted(set(words(chunk.text))) or None,
    }
    return {name: value for name, value in row.items() if value is not None}


def piece(name: str, text: str | None, row: Mapping[str, Any]) -> Piece:
    """What a chunk's row says. Raises StoreError for one that is none."""
    with _written_here():
        number = chunk_number(name)
        place = (row["ordinal"], row["start"], row["end"], row["line"])
        chunk = StoredChunk(number, document_number(number), *place, text or "")
        marks = tuple(Mark(*mark) for mark in json.loads(row.get("marks", "[]")))
        return Piece(chunk, Mark(chunk.start, row.get("page"), row.get("heading")), marks)


@contextmanager
def _written_here() -> Iterator[None]:
    try:
        yield
    except (KeyError, ValueError, TypeError, AttributeError):
        raise StoreError(
            "the server has rows in the library that Quoth did not write; run quoth rebuild where it is filled"
        ) from None


def point(name: str) -> list[float]:
    """A vector for a row that has none, as Chroma wants one; spread, since equal ones make a poor graph."""
    digest = hashlib.sha256(name.encode()).digest()
    return [int.from_bytes(digest[i : i + 2], "big") / 65536 - 0.5 for i in (0, 2)]
