"""Opens an index and compares it with the catalog, as a process of its own that is held to its limits.

Run as `python -m qa.doctor.opening FOLDER INDEX SAMPLE SECONDS`; SAMPLE 0 takes every vector. The last line that it
prints is a JSON object: count (of entries), dimension (of the index's vectors), wanted (of the catalog's), different
(vectors unlike the catalog's), tried, and lost (those of the tried that do not find themselves).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOM = 64 * 2**20
"""Bytes that a file may grow by: opening writes one row."""

MEMORY = 4 * 2**30
"""Bytes of memory besides four times the index."""

BATCH = 1000
PROBES = 500
"""Vectors that must find themselves in a deep check; all of them are compared."""


def main() -> None:
    """Open, compare, and print what was found."""
    folder, name, sample, seconds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    _limit(folder / name, seconds)
    from qa.catalog import Catalog
    from qa.store import Index

    index = Index(folder / name)
    catalog = Catalog(folder)
    highest = int(json.loads(catalog.meta("index") or "{}").get("highest", 0))
    texts = dict(catalog.rows("SELECT id, vector FROM chunks WHERE id <= ? ORDER BY id", highest))
    ids = list(texts)
    found = {"count": index.count(), "dimension": index.dimension(), "wanted": 0, "different": 0, "tried": 0, "lost": 0}
    step = max(1, len(ids) // (sample or PROBES))
    probes = set(ids[step // 2 :: step])
    taken = sorted(probes) if sample else ids
    for first in range(0, len(taken), BATCH):
        part = taken[first : first + BATCH]
        wanted = catalog.vectors(part)
        stored = index.vectors([*part, *{texts[number] for number in part}])
        for number in part:
            found["wanted"] = len(wanted[number])
            there = stored.get(number, stored.get(texts[number]))
            if there is None or there.shape != wanted[number].shape or not abs(there - wanted[number]).max() <= 1e-5:
                found["different"] += 1
            if number in probes:
                found["tried"] += 1
                found["lost"] += not index.finds(wanted[number])
    index.close()
    catalog.close()
    print(json.dumps(found))


def _limit(index: Path, seconds: int) -> None:
    """Bound what this process may write, hold and take; a damaged index once wrote 60 GB."""
    try:
        import resource  # POSIX alone
    except ImportError:
        return
    sizes = [path.stat().st_size for path in index.rglob("*") if path.is_file()]
    limits = {
        "RLIMIT_FSIZE": max(sizes, default=0) + ROOM,
        "RLIMIT_AS": MEMORY + 4 * sum(sizes),
        "RLIMIT_CPU": 2 * seconds,
        "RLIMIT_CORE": 0,
    }
    for name, most in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, ValueError, OSError):
            continue  # not every system has every limit; the parent's clock holds everywhere


if __name__ == "__main__":
    main()
