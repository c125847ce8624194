"""The pipeline that tutorials show: LangChain's splitter and HuggingFaceEmbeddings into Chroma, then the best passages.

It is what Quoth is timed against. Run it as a program:

    python benchmarks/tutorial.py index FOLDER STORE
    python benchmarks/tutorial.py ask STORE QUESTION

It uses the same embedding model as Quoth, from the same package, and nothing from the network.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False"}

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from peers import CHUNK, files, model


def embeddings() -> HuggingFaceEmbeddings:
    """The packaged model, run by sentence-transformers."""
    return HuggingFaceEmbeddings(model_name=model())


def index(folder: Path, store: Path) -> None:
    """Read every file below the folder as UTF-8, split, embed and store it."""
    documents = [Document(path.read_text(encoding="utf-8"), metadata={"source": str(path)}) for path in files(folder)]
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=0, add_start_index=True)
    chunks = splitter.split_documents(documents)
    Chroma.from_documents(chunks, embeddings(), persist_directory=str(store))
    print(len(chunks), "chunks")


def ask(store: Path, question: str) -> None:
    """Print the five nearest chunks."""
    for document in Chroma(persist_directory=str(store), embedding_function=embeddings()).similarity_search(
        question, k=5
    ):
        print(document.metadata["source"], document.metadata["start_index"], document.page_content[:200])


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["index", folder, store]:
            index(Path(folder), Path(store))
        case ["ask", store, question]:
            ask(Path(store), question)
        case _:
            raise SystemExit(__doc__)
