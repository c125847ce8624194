"""txtai with a hybrid index, over the same documents with the same model: what Quoth is timed against.

It runs in a virtual environment of its own, which `make bench` makes:

    python benchmarks/peer_txtai.py index FOLDER STORE
    python benchmarks/peer_txtai.py ask STORE QUESTION

The documents are split as in `tutorial.py`; vectors (faiss) and words (BM25) are indexed, the texts kept in its SQLite.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}

from langchain_text_splitters import RecursiveCharacterTextSplitter
from peers import CHUNK, files, model
from txtai import Embeddings


def index(folder: Path, store: Path) -> None:
    """Read every file below the folder as UTF-8, split, embed and store it."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=0)
    rows = []
    for path in files(folder):
        for part in splitter.split_text(path.read_text(encoding="utf-8")):
            rows.append((len(rows), {"text": part, "source": str(path)}))
    embeddings = Embeddings(path=model(), content=True, hybrid=True)
    embeddings.index(rows)
    embeddings.save(str(store))
    print(len(rows), "chunks")


def ask(store: Path, question: str) -> None:
    """Print the five best chunks."""
    embeddings = Embeddings()
    embeddings.load(str(store))
    for found in embeddings.search(question, 5):
        print(round(found["score"], 3), found["text"][:200])


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["index", folder, store]:
            index(Path(folder), Path(store))
        case ["ask", store, question]:
            ask(Path(store), question)
        case _:
            raise SystemExit(__doc__)
