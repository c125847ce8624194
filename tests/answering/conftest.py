"""A small collection that is searched by cosine alone, so that answering is tested without a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from qa.answering.quotes import Quoted, answer
from qa.chunking import chunk
from qa.embedding import Embedder
from qa.followups import Search
from qa.reading.headings import markdown, marks_of, rows
from qa.settings import EmbeddingSettings
from qa.types import Document, Passage, mark_at
from qa.words import words
from tests.conftest import own_home

THRESHOLD = 0.5


def document(name: str, text: str) -> Document:
    kind = name.rsplit(".", 1)[-1]
    marks = {"md": lambda: marks_of(markdown(text)[0]), "csv": lambda: rows(text)}.get(kind, tuple)()
    return Document(f"/{name}", text, kind, "0" * 64, marks)


def passage(found: Document, start: int, end: int, similarity: float = 0.5) -> Passage:
    mark = mark_at(found.marks, start)
    line = found.text.count("\n", 0, start) + 1
    return Passage(
        found.text[start:end], found.source, start, end, similarity, similarity, mark.page, mark.heading, line, "0" * 64
    )


@dataclass
class Asking:
    """Documents to ask questions of. `passages` are the five nearest chunks."""

    embedder: Embedder
    documents: dict[str, Document]

    def known(self, wanted: Sequence[str]) -> tuple[Mapping[str, int], int]:
        chunks = [set(words(piece.text)) for found in self.documents.values() for piece in self._chunks(found)]
        return {word: sum(word in chunk for chunk in chunks) for word in wanted}, len(chunks)

    def passages(self, question: str) -> list[Passage]:
        vector = self.embedder.embed_query(question)
        found = []
        for doc in self.documents.values():
            for piece in self._chunks(doc):
                similarity = float(np.dot(self.embedder.embed_documents([piece.text])[0], vector))
                found.append(passage(doc, piece.start, piece.end, similarity))
        return sorted(found, key=lambda p: -p.score)[:5]

    def ask(self, question: str | Search, threshold: float = THRESHOLD) -> Quoted:
        text = question if isinstance(question, str) else question.text
        return self.answer(question, self.passages(text), threshold)

    def answer(
        self,
        question: str | Search,
        passages: Sequence[Passage],
        threshold: float = THRESHOLD,
        limited: Sequence[str] = (),
    ) -> Quoted:
        return answer(question, passages, self.embedder, self.known, threshold, self.documents.__getitem__, limited)

    def _chunks(self, found: Document):  # type: ignore[no-untyped-def]
        return chunk(found, self.embedder, 160)


@pytest.fixture(scope="session")
def embedder(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    with own_home(tmp_path_factory.mktemp("embedder") / "home", models):
        return Embedder(EmbeddingSettings())


@pytest.fixture(scope="session")
def asking(embedder: Embedder):  # type: ignore[no-untyped-def]
    """Documents by name and text -> Asking."""

    def make(**texts: str) -> Asking:
        found = [document(name.replace("_", "."), text) for name, text in texts.items()]
        return Asking(embedder, {doc.source: doc for doc in found})

    return make
