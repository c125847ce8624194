"""Texts that many chunks have, as a letterhead or the terms at the foot of every form: one of them stands for all.

Fifty of the nearest chunks would otherwise be one and the same text; and the graph of an index links a chunk with those
nearest to it, so that a hundred equal ones are linked with one another alone, and others are found no more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.catalog import Catalog

COPIES = 8
"""Chunks of one text up to which each is found by itself, beside its own neighbours.

Measured, with Chroma's own graph: of the 50 nearest of 20,000 vectors 88% are found where 10 of them come 500 times,
all where 400 come 12 times; of 5,000, 95% where 5 come 200 times and 98% where 30 come 50 times.
"""


def repeated(catalog: Catalog) -> dict[bytes, int]:
    """How many chunks have each text that more than COPIES have, by the hash of the text."""
    return dict(catalog.rows("SELECT vector, count(*) FROM chunks GROUP BY vector HAVING count(*) > ?", COPIES))


def firsts(catalog: Catalog, hashes: Collection[bytes], documents: Collection[int] | None) -> dict[bytes, int]:
    """The lowest id of a chunk with each of these texts, in one of these documents; none where there is none."""
    found = {}
    for name in hashes:
        for chunk, document in catalog.rows("SELECT id, document FROM chunks WHERE vector = ? ORDER BY id", name):
            if documents is None or document in documents:
                found[name] = chunk
                break
    return found


def once(rows: Sequence[Any]) -> list[Any]:
    """These rows, which end with the hash of a text, with the first alone of those that more than COPIES share."""
    counts = Counter(row[-1] for row in rows)
    many = {name for name, count in counts.items() if count > COPIES}
    seen: set[bytes] = set()
    kept = []
    for row in rows:
        if row[-1] not in seen:
            kept.append(row)
        if row[-1] in many:
            seen.add(row[-1])
    return kept
