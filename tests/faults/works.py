"""What the processes of `warm` do: a function for each thing that may be interrupted, and for looking at what is left.

Arguments and results are plain JSON values.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qa import store
from qa.catalog import Catalog
from qa.errors import LibraryEmpty, QuothError
from qa.library import Library
from qa.types import IndexReport, Progress

report: Callable[[str], object] = print
"""Called with each file that an add or update says to be finished."""


def add(library: str, paths: list[str]) -> Any:
    """Library.add"""
    with Library(library) as opened:
        return opened.add(paths, progress=_telling()).to_dict()


def update(library: str) -> Any:
    """Library.update"""
    with Library(library) as opened:
        return opened.update(progress=_telling()).to_dict()


def remove(library: str, paths: list[str]) -> Any:
    """Library.remove; what is no longer there is removed."""
    with Library(library) as opened:
        there = {source.source for source in opened.sources()}
        left = [path for path in paths if path in there]
        return (opened.remove(left) if left else IndexReport()).to_dict()


def rebuild(library: str, embed: bool) -> Any:
    """Library.rebuild"""
    with Library(library) as opened:
        return opened.rebuild(embed=embed).to_dict()


def command(arguments: list[str]) -> None:
    """The quoth command."""
    from qa.cli import main

    sys.argv = ["quoth", *arguments]
    raise SystemExit(main())


def look(library: str, questions: list[str]) -> Any:
    """What a reader sees: every text by its path, and the best passage for each question, with its document's text."""
    with Library(library) as opened:
        texts = {source.source: opened.text(source.source) for source in opened.sources()}
        found = []
        for question in questions:
            try:
                passages = opened.search(question, k=3)
            except LibraryEmpty:
                passages = []
            found.append([(p.source, p.start, p.end, p.text) for p in passages])
        return {"texts": texts, "found": found}


def dump(library: str) -> Any:
    """All that the catalog holds, without numbers that depend on the order of events, and what lies in the folder."""
    folder = Path(library)
    catalog = Catalog(folder)
    names = dict(catalog.rows("SELECT id, sha256 || suffix FROM documents"))
    row = store.IndexRow.of(catalog)
    kept: dict[str, Any] = {
        "documents": catalog.rows(
            "SELECT sha256, suffix, kind, characters, chunks, title, encoding, notices FROM documents"
        ),
        "sources": [
            (path, names[document], *rest)
            for path, document, *rest in catalog.rows("SELECT path, document, root, size, mtime_ns FROM sources")
        ],
        "chunks": [
            (names[document], *rest)
            for document, *rest in catalog.rows(
                'SELECT document, ordinal, start, "end", line, text, vector FROM chunks'
            )
        ],
        "marks": [
            (names[document], *rest)
            for document, *rest in catalog.rows("SELECT document, start, page, heading FROM marks")
        ],
        "vectors": catalog.rows("SELECT hash, vector FROM vectors"),
        "words": catalog.rows("SELECT term, doc, cnt FROM vocabulary"),
        "roots": catalog.rows("SELECT path, is_folder FROM roots"),
        "excluded": catalog.rows("SELECT path FROM excluded"),
        "failures": catalog.rows("SELECT path, root, size, mtime_ns, reason FROM failures"),
        "meta": catalog.rows("SELECT key, value FROM meta WHERE key != 'index'"),
    }
    kept = {name: sorted(repr(each) for each in rows) for name, rows in kept.items()}
    kept["integrity"] = catalog.value("PRAGMA integrity_check")
    kept["indexed"] = [row.count, store.trouble(folder, row) is None] if row else None
    kept["stale"] = store.is_stale(folder, catalog)
    catalog.close()
    kept["files"] = sorted("index" if row and path.name == row.folder else path.name for path in folder.iterdir())
    return kept


def converse(library: str, question: str) -> Any:
    """Ask in a conversation that is kept, as the chat does."""
    with Library(library) as opened:
        kept = opened.conversations()
        turn = kept.ask(kept.create().id, question)
        return turn.id


def told(work: str, *arguments: Any) -> Any:
    """The work's result, or the error that it raises, as one line."""
    try:
        return {"result": globals()[work](*arguments)}
    except QuothError as error:
        return {"error": str(error), "type": type(error).__name__}


def turns(library: str) -> Any:
    """The questions of all conversations."""
    connection = sqlite3.connect(f"{library}/conversations.sqlite")
    try:
        return [question for (question,) in connection.execute("SELECT question FROM turns ORDER BY id")]
    finally:
        connection.close()


def _telling() -> Callable[[Progress], None]:
    done = 0

    def hear(progress: Progress) -> None:
        nonlocal done
        if progress.stage == "reading" and progress.done > done:
            done = progress.done
            report(progress.source)

    return hear


def without_looking(arguments: list[str]) -> None:
    """The quoth command on a disk that becomes full after it has looked at how much is free."""
    from qa import space

    space.free = lambda _: 2**63
    command(arguments)
