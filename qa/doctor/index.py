"""The search index against the catalog. What opens Chroma runs in a child process (qa.doctor.opening)."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator

from qa import children, store
from qa.catalog import Catalog
from qa.doctor.findings import Finding
from qa.doctor.visit import Visit

SAMPLE = 20
"""Vectors that must find themselves in a quick check."""

SECONDS = 60.0
"""For a quick check of the child, and for each 10,000 chunks of a deep one."""


def index(visit: Visit) -> Iterator[Finding]:
    """Whether the index is the one that was built, and holds the catalog's vectors."""
    assert visit.catalog is not None  # noqa: S101 (the caller's condition)
    row = store.IndexRow.of(visit.catalog)
    if row is None:
        if visit.chunks:
            yield visit.warning("index", "there is no search index; answers are as good, only slower")
        return
    visit.step("the index", 0, 1)
    if what := store.trouble(visit.folder, row, whole=True):
        yield visit.damage("index", f"the search index is not as it was built: {what}; answers come without it")
        return
    yield from _compared(visit, visit.catalog, row)
    if os.access(visit.folder, os.W_OK | os.X_OK):
        yield from _opened(visit, row)
    else:  # Chroma writes when it opens an index
        what = "Chroma opens no search index where it cannot write; answers are as good, only slower"
        yield visit.warning("index", what, "see permissions")


def _compared(visit: Visit, catalog: Catalog, row: store.IndexRow) -> Iterator[Finding]:
    kept = row.count - store.removed(catalog)
    if kept > row.count:
        what = f"the search index lacks {kept - row.count:,} of the {kept:,} chunks that it should have"
        yield visit.damage("index", what)
    elif store.is_behind(catalog, row):
        yield visit.warning(
            "index",
            f"{visit.chunks - kept:,} new chunks are not in the search index yet, {row.count - kept:,} are gone",
        )


def _opened(visit: Visit, row: store.IndexRow) -> Iterator[Finding]:
    """What a child process finds that opens the index."""
    seconds = SECONDS * (1 + (row.count // 10_000 if visit.deep else 0))
    sample = 0 if visit.deep else SAMPLE
    command = children.command("qa.doctor.opening", str(visit.folder), row.folder, str(sample), str(int(seconds)))
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            env=children.environment(),
            timeout=seconds,
            check=False,
        )
        said = (done.stdout.strip().splitlines() or [""])[-1]
        found = json.loads(said) if done.returncode == 0 else None
    except subprocess.TimeoutExpired:
        yield visit.damage("index", f"the search index did not answer within {seconds:.0f} seconds")
        return
    except (OSError, ValueError):
        found = None
    if found is None:
        last = (done.stderr.strip().splitlines() or [f"the process that opened it ended with {done.returncode}"])[-1]
        yield visit.damage("index", f"the search index cannot be opened: {last[:200]}")
        return
    if found["count"] != row.entries:
        yield visit.damage("index", f"the search index has {found['count']:,} entries instead of {row.entries:,}")
    if found["dimension"] != found["wanted"]:
        what = f"the search index has vectors of {found['dimension']} numbers, the catalog of {found['wanted']}"
        yield visit.damage("index", what)
    if found["different"]:
        yield visit.damage("index", f"{found['different']:,} vectors in the search index are not the catalog's")
    if found["lost"] > store.LOST * found["tried"]:
        yield visit.damage("index", f"{found['lost']:,} of {found['tried']:,} vectors do not find themselves")
