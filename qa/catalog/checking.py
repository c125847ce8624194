"""What can be wrong inside a catalog whose tables can be read: looked for by `quoth doctor`, made good by rebuilding.

None of these change anything. All raise as `Catalog.rows` does.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.catalog import Catalog
from qa.words import words

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from qa.embedding.session import Vectors

BATCH = 2000
"""Rows that are looked at together."""

LENGTH = 1e-3
"""How far a vector's length may be from one; float32 and the model's own rounding stay below a tenth of it."""

Step = Callable[[int], None]
"""Told of so many rows that were looked at."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A document that is not whole: one of its paths, and what is wrong with it."""

    source: str
    what: str


def text_hash(text: str) -> bytes:
    """The name of a text's vector: 16 bytes of BLAKE2b."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def wrong_counts(catalog: Catalog) -> list[Wrong]:
    """Documents with other numbers of chunks or characters than they should have, by counting alone."""
    rows = catalog.rows(
        """SELECT d.id, d.chunks, count(c.id), d.characters, coalesce(sum(c."end" - c.start), 0)
           FROM documents d LEFT JOIN chunks c ON c.document = d.id GROUP BY d.id
           HAVING d.chunks != count(c.id) OR d.characters != coalesce(sum(c."end" - c.start), 0)"""
    )
    return [
        Wrong(_path(catalog, number), f"it has {found} chunks of {chunks} and {length} characters of {characters}")
        for number, chunks, found, characters, length in rows
    ]


def lost_sources(catalog: Catalog) -> list[str]:
    """Sources whose document is not there."""
    rows = catalog.rows("SELECT path FROM sources WHERE document NOT IN (SELECT id FROM documents) ORDER BY path")
    return [os.fsdecode(path) for (path,) in rows]


def without_vector(catalog: Catalog) -> set[bytes]:
    """Names of vectors that chunks need and that are not there."""
    return {
        name for (name,) in catalog.rows("SELECT vector FROM chunks WHERE vector NOT IN (SELECT hash FROM vectors)")
    }


def orphans(catalog: Catalog) -> int:
    """How many documents no source has, and vectors no chunk has: what an interrupted work may leave."""
    return int(
        catalog.value(
            """SELECT (SELECT count(*) FROM documents WHERE id NOT IN (SELECT document FROM sources))
                    + (SELECT count(*) FROM vectors WHERE hash NOT IN (SELECT vector FROM chunks))"""
        )
    )


def dimension(catalog: Catalog) -> int:
    """How many numbers most of the vectors have; 0 where there are none."""
    found = catalog.value("SELECT length(vector) AS n FROM vectors GROUP BY n ORDER BY count(*) DESC LIMIT 1")
    return int(found or 0) // 4


def wrong_vectors(catalog: Catalog, step: Step | None = None) -> set[bytes]:
    """Names of vectors that have another dimension than most, hold what is no number, or are not of length one."""
    import numpy as np

    size, wrong, last = 4 * dimension(catalog), set(), b""
    while rows := catalog.rows("SELECT hash, vector FROM vectors WHERE hash > ? ORDER BY hash LIMIT ?", last, BATCH):
        last = rows[-1][0]
        whole = [(name, blob) for name, blob in rows if isinstance(blob, bytes) and len(blob) == size]
        wrong |= {name for name, _ in rows} - {name for name, _ in whole}
        if whole and size:
            vectors = np.frombuffer(b"".join(blob for _, blob in whole), dtype="<f4").reshape(len(whole), -1)
            wrong |= {whole[row][0] for row in np.flatnonzero(~sound_rows(vectors))}
        if step:
            step(len(rows))
    return wrong


def sound_rows(vectors: Vectors) -> npt.NDArray[np.bool_]:
    """Which rows are finite and of length one."""
    import numpy as np

    with np.errstate(all="ignore"):  # garbage may overflow
        lengths = np.sqrt(np.square(vectors.astype("f8")).sum(axis=1))
        sound: npt.NDArray[np.bool_] = np.isfinite(lengths) & (np.abs(lengths - 1) <= LENGTH)
    return sound


def wrong_documents(catalog: Catalog, step: Step | None = None) -> Iterator[Wrong]:
    """Documents whose chunks do not tile their text, or hold other characters than were embedded, or whose marks lie
    outside. One step for each document."""
    for number, chunks, characters in catalog.rows("SELECT id, chunks, characters FROM documents ORDER BY id"):
        if what := _untiled(catalog, number, chunks, characters):
            yield Wrong(_path(catalog, number), what)
        if step:
            step(1)


def _untiled(catalog: Catalog, number: int, chunks: int, characters: int) -> str | None:
    at, line, count = 0, 1, 0
    rows = catalog.rows(
        'SELECT ordinal, start, "end", line, text, vector FROM chunks WHERE document = ? ORDER BY ordinal', number
    )
    for ordinal, start, end, stored, text, name in rows:
        if not isinstance(text, str) or (ordinal, start, end) != (count, at, at + len(text)):
            return f"its text has a gap at character {at:,}"
        if text_hash(text) != name:
            return f"its text from character {start:,} to {end:,} is not what was read"
        if stored != line:
            return f"its lines are miscounted at character {at:,}"
        line += text.count("\n")
        at, count = end, count + 1
    if (count, at) != (chunks, characters):
        return f"it has {count:,} chunks of {chunks:,} and {at:,} characters of {characters:,}"
    outside = catalog.value(
        "SELECT count(*) FROM marks WHERE document = ? AND (start < 0 OR start > ?)", number, characters
    )
    return "its pages or headings lie outside its text" if outside else None


def word_rows_differ(catalog: Catalog) -> bool:
    """Whether the word index has other chunks than there are."""
    both = """SELECT EXISTS (SELECT id FROM chunks EXCEPT SELECT id FROM words_docsize)
                  OR EXISTS (SELECT id FROM words_docsize EXCEPT SELECT id FROM chunks)"""
    return bool(catalog.value(both))


def words_differ(catalog: Catalog, step: Step | None = None) -> bool:
    """Whether the word index has other words than the chunks, or other numbers of chunks for one."""
    wanted: Counter[str] = Counter()
    for rows in catalog.every_chunk(BATCH):
        for row in rows:
            wanted.update(set(words(row[4])))
        if step:
            step(len(rows))
    return dict(catalog.rows("SELECT term, doc FROM vocabulary")) != wanted


def _path(catalog: Catalog, document: int) -> str:
    found = catalog.value("SELECT path FROM sources WHERE document = ? ORDER BY path", document)
    return os.fsdecode(found) if found is not None else f"document {document}"
