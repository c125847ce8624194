"""What adding on Ray costs and where it ends: a local add, one on a Ray of this machine, and the writer alone.

    python benchmarks/spread.py [--files 1000] [--rows 20000] [--json FILE]

The files are made-up notes of some 3 chunks. The writer is given documents of 20 chunks with made-up vectors, which is
what it gets from workers that are never late: its chunks a second are all that any number of workers is good for.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

from qa import Library
from qa.types import Progress

WORDS = Path(__file__).resolve().parent.parent / "corpus" / "un-sanctions.txt"
CHUNKS, CHARACTERS = 20, 500
"""Of a document that the writer is given, and of each of its chunks."""


def sentences(count: int, chance: random.Random) -> str:
    """So many characters of words of the sample corpus, in sentences."""
    words = WORDS.read_text(encoding="utf-8").split()
    text = ""
    while len(text) < count:
        text += " ".join(chance.choices(words, k=12)) + ".\n"
    return text


def added(folder: Path, library: Path, engine: str) -> dict[str, float]:
    """Seconds of an add: until the first file is kept, until the last one is, and in all, the index included."""
    began, seen = time.perf_counter(), []

    def hear(progress: Progress) -> None:
        if progress.stage == "reading" and progress.done:
            seen.append(time.perf_counter() - began)

    with Library(library) as opened:
        report = opened.add([folder], engine=engine, progress=hear)  # type: ignore[arg-type]
    return {"first": seen[0], "last": seen[-1], "all": time.perf_counter() - began, "chunks": report.chunks}


def written(folder: Path, rows: int, chance: random.Random) -> float:
    """Chunks a second that the writer keeps, without an index."""
    import numpy as np

    from qa.catalog.checking import text_hash
    from qa.catalog.writing import Stamp, Writer
    from qa.indexing.finding import Finder
    from qa.indexing.keeping import Keeper
    from qa.indexing.work import Cut, File, Lot, Tally
    from qa.settings import Settings
    from qa.types import Chunk, Document

    lots = []
    for number in range(rows // CHUNKS):
        text = sentences(CHUNKS * CHARACTERS, chance)[: CHUNKS * CHARACTERS]
        chunks = [Chunk(at, at + CHARACTERS, text[at : at + CHARACTERS]) for at in range(0, len(text), CHARACTERS)]
        hashes = [text_hash(piece.text) for piece in chunks]
        vectors = np.random.default_rng(number).standard_normal((CHUNKS, 384)).astype(np.float32)
        document = Document(f"/made/up/{number}.txt", text, "txt", f"{number:064x}")
        cut = Cut(File(document.source, "/made/up", Stamp(len(text), 1)), document, chunks, hashes)
        lots.append(Lot(document.source, hashes, vectors, [cut]))
    folder.mkdir(mode=0o700)
    writer, settings, tally = Writer(folder), Settings(), Tally(lambda _: None)
    keeper = Keeper(writer, settings, tally, Finder(writer, settings.reading, tally, [], by_name=False))
    began = time.perf_counter()
    for first in range(0, len(lots), 3):  # about what a worker hands over at once
        part = lots[first : first + 3]
        names = [name for lot in part for name in lot.names]
        vectors = np.concatenate([lot.vectors for lot in part if lot.vectors is not None])
        keeper.keep(Lot(part[-1].last, names, vectors, [cut for lot in part for cut in lot.cuts]))
    seconds = time.perf_counter() - began
    writer.close()
    return len(lots) * CHUNKS / seconds


def main() -> None:
    """Measure, print, and write what was measured where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    chance = random.Random(7)  # noqa: S311
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "notes").mkdir()
        for number in range(options.files):
            text = sentences(chance.randrange(800, 2400), chance)
            (folder / "notes" / f"note-{number:05}.txt").write_text(text, encoding="utf-8")
        found: dict[str, object] = {"files": options.files}
        for engine in ("local", "ray"):
            found[engine] = added(folder / "notes", folder / engine, engine)
            print(engine, found[engine], flush=True)
        found["writer"] = written(folder / "written", options.rows, chance)
        print(f"writer {found['writer']:.0f} chunks a second")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
