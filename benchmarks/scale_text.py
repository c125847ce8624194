"""Libraries of any size for `scale.py`: real text as far as it goes, and beyond it text and vectors made out of it.

The real library is added as anybody would add it: the public question sets' documents and the documentation strings of
this Python and of the packages installed in it. A larger one is written into the catalog directly. Each of its chunks
comes from two real ones that are near each other. Its text takes their sentences in turn and some made-up words, of
which a few are common and most are rare. Its vector lies between theirs and is then moved along differences of other
real vectors, so that clusters, and the directions in which real vectors differ, remain.
"""

from __future__ import annotations

import ast
import hashlib
import random
import re
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa import Library
from qa.catalog import Catalog
from qa.catalog.checking import text_hash
from qa.catalog.writing import Stamp, Writer
from qa.types import Chunk, Document, Mark

CHARACTERS = 3_400_000
"""Of documentation strings: with the question sets' documents they make about 10,000 chunks."""

LEAST = 200
"""Characters of a documentation string that is taken."""

PER_DOCUMENT = 100
"""Chunks of a made document."""

TOGETHER = 20_000
"""Chunks that are made and committed together."""

NEAR = 20
"""The second chunk is one of so many nearest to the first."""

SPREAD = 0.25, 0.7
"""How far a made vector is moved, at least and at most. Among 1,000, 3,000, 6,000 and 11,000 real chunks the cosine to
the nearest other is 0.56, 0.64, 0.68 and 0.73 at the median; at 0.45, among 12,000 and 60,000 made ones, it is 0.76 and
0.81."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def write_real(folder: Path) -> None:
    """Write the documentation strings of the modules of this Python, a text file each, up to CHARACTERS."""
    written = 0
    for key in ("stdlib", "purelib"):
        root = Path(sysconfig.get_path(key))
        for path in sorted(root.rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if written >= CHARACTERS:
                return
            if "test" in name or (key == "stdlib" and "site-packages" in name):
                continue
            if text := _documentation(path):
                written += len(text)
                (folder / f"{name[:-3].replace('/', '.')}.txt").write_text(text, encoding="utf-8")


def _documentation(path: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError, RecursionError):
            return ""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, kinds)]
    return "\n\n".join(text for text in found if len(text) >= LEAST).encode("utf-8", "replace").decode()


def make_real(folder: Path, data: Path, texts: Path) -> None:
    """Add the real text to a library, with the default settings."""
    texts.mkdir(parents=True, exist_ok=True)
    write_real(texts)
    with Library(folder) as library:
        library.add([texts, *sorted(data.glob("*/documents"))])


def make(folder: Path, real: Path, count: int, seed: int = 1) -> None:
    """Write a library of `count` made chunks into its catalog; it has no index yet."""
    base, vectors = _real(real)
    folder.mkdir(mode=0o700)
    writer = Writer(folder)
    writer.rows("PRAGMA cache_size = -400000")
    writer.rows("PRAGMA wal_autocheckpoint = 50000")
    old = Catalog(real)
    with writer.transaction():
        writer.set_meta(**{key: str(old.meta(key)) for key in ("fingerprint", "model", "tokens")})
        writer.add_root("/made", is_folder=True)
    old.close()
    chance = random.Random(seed)  # noqa: S311 (not for secrets)
    document = 0
    for first in range(0, count, TOGETHER):
        size = min(TOGETHER, count - first)
        pairs, made = mixed(vectors, size, seed * 1_000_003 + first)
        texts = [_text(chance, base[a], base[b]) for a, b in pairs]
        names = [text_hash(text) for text in texts]
        with writer.transaction():
            writer.add_vectors(names, made)
            for start in range(0, size, PER_DOCUMENT):
                part = slice(start, min(start + PER_DOCUMENT, size))
                _keep(writer, document, texts[part], names[part])
                document += 1
    writer.close()


def _real(folder: Path) -> tuple[list[list[str]], Any]:
    """The sentences of each chunk of the real library, and the vectors."""
    import numpy as np

    catalog = Catalog(folder)
    rows = [row for part in catalog.every_chunk(2000) for row in part]
    catalog.close()
    sentences = [[piece for piece in _SENTENCE.split(row[4].strip()) if piece] for row in rows]
    return sentences, np.stack([np.frombuffer(row[5], dtype="<f4") for row in rows])


def mixed(vectors: Any, count: int, seed: int) -> tuple[list[tuple[int, int]], Any]:
    """Pairs of real chunks, and the vectors made of them: shape (count, dimension), float32, of length one."""
    import numpy as np

    chance = np.random.default_rng(seed)
    first = chance.integers(0, len(vectors), count)
    second = np.empty(count, dtype=np.int64)
    for at in range(0, count, 2000):
        near = np.argpartition(-(vectors[first[at : at + 2000]] @ vectors.T), NEAR, axis=1)[:, : NEAR + 1]
        second[at : at + 2000] = near[np.arange(len(near)), chance.integers(0, NEAR + 1, len(near))]
    share = chance.uniform(0, 0.5, (count, 1)).astype(np.float32)
    made = (1 - share) * vectors[first] + share * vectors[second]
    others = chance.integers(0, len(vectors), (2, 4, count))
    moved = sum(vectors[one] - vectors[other] for one, other in zip(*others, strict=True))
    spread = chance.uniform(*SPREAD, (count, 1)).astype(np.float32)
    made += spread * moved / np.linalg.norm(moved, axis=1, keepdims=True)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return list(zip(first.tolist(), second.tolist(), strict=True)), made.astype(np.float32)


def _text(chance: random.Random, one: list[str], other: list[str]) -> str:
    """Sentences of both in turn, and three made-up words: of a million, the n-th has 1/n of the first's share."""
    pairs = zip(chance.sample(one, len(one)), chance.sample(other, len(other)), strict=False)
    taken = [sentence for pair in pairs for sentence in pair] or [*one, *other]
    invented = " ".join(f"Q{int(1_000_000 ** chance.random()):x}z" for _ in range(3))
    return f"{' '.join(taken)[:700]} {invented}.\n"


def _keep(writer: Writer, number: int, texts: list[str], names: list[bytes]) -> None:
    chunks, at = [], 0
    for text in texts:
        chunks.append(Chunk(at, at + len(text), text))
        at += len(text)
    path = f"/made/{number // 1000:03}/document-{number:06}.txt"
    sha256 = hashlib.sha256(path.encode()).hexdigest()
    marks = tuple(Mark(piece.start, None, f"Part {row}") for row, piece in enumerate(chunks[::10], 1))
    writer.add_document(Document(path, "".join(texts), "txt", sha256, marks), ".txt", chunks, names)
    writer.set_source(path, number + 1, "/made", Stamp(at, 0))


def sizes(folder: Path) -> Iterator[tuple[str, int]]:
    """The bytes of a library's catalog and of its index."""
    index = sum(path.stat().st_size for path in folder.glob("index-*/**/*") if path.is_file())
    yield "catalog", sum(path.stat().st_size for path in folder.glob("catalog.sqlite*"))
    yield "index", index
