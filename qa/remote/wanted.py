"""What a server should have of a catalog: a row for each source, and the chunks of its documents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qa.catalog import Catalog, StoredChunk
from qa.errors import LibraryError
from qa.remote.layout import chunk_id, chunk_row, document_key, source_id, source_row
from qa.types import Mark, Source

Record = tuple[str, str, bytes, dict[str, Any]]
"""A chunk as it is sent: id, text, vector and metadata."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as the catalog has it, and the first of its sources."""

    number: int
    chunks: int
    source: Source


def in_catalog(catalog: Catalog) -> tuple[dict[str, dict[str, Any]], dict[str, Stored]]:
    """The rows that a catalog's sources should have on the server, by their ids, and its documents, by their keys."""
    facts = (catalog.meta("fingerprint"), catalog.meta("tokens"))
    rows: dict[str, dict[str, Any]] = {}
    stored: dict[str, Stored] = {}
    for path, root, number, suffix, notices, first, *about in catalog.rows(
        """SELECT s.path, s.root, d.id, d.suffix, d.notices,
                  (SELECT c.id FROM chunks c WHERE c.document = d.id AND c.ordinal = 0),
                  d.kind, s.size, d.chunks, d.characters, s.added, d.sha256, d.title, d.encoding
           FROM sources s JOIN documents d ON d.id = s.document ORDER BY s.path"""
    ):
        source = Source(os.fsdecode(path), *about)
        # The ids of chunks are never used again, so the first one's tells every way in which a file was ever cut.
        key = document_key(*facts, source.sha256, suffix, source.characters, source.chunks, first)
        rows[source_id(source.source)] = source_row(source, os.fsdecode(root), key, notices)
        stored.setdefault(key, Stored(number, source.chunks, source))
    return rows, stored


def records(catalog: Catalog, key: str, document: Stored) -> Iterator[Record]:
    """The chunks of a document. Raises LibraryError where the catalog lacks the vector of one."""
    marks = [
        Mark(*mark)
        for mark in catalog.rows(
            "SELECT start, page, heading FROM marks WHERE document = ? ORDER BY start", document.number
        )
    ]
    rows = catalog.rows(
        """SELECT c.id, c.document, c.ordinal, c.start, c."end", c.line, c.text, v.vector
           FROM chunks c JOIN vectors v ON v.hash = c.vector WHERE c.document = ? ORDER BY c.ordinal""",
        document.number,
    )
    if len(rows) != document.chunks:
        raise LibraryError(f"{document.source.source} lacks vectors in the catalog; run: quoth rebuild")
    for *facts, vector in rows:
        chunk = StoredChunk(*facts)
        last = chunk.ordinal == document.chunks - 1
        row = chunk_row(chunk, key, document.source, marks, last=last)
        yield chunk_id(key, chunk.ordinal), chunk.text, vector, row


def chunk_source(source: Source) -> str:
    """What the rows of a document's chunks say of its source."""
    return os.fsencode(source.source).decode("utf-8", "backslashreplace")
