"""Passages -> the sentences that may be quoted, with the vectors that they have inside their passage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

import numpy as np
import numpy.typing as npt

from qa.sentences import Span, sentence_spans, trimmed
from qa.types import Passage
from qa.words import words

Vectors = npt.NDArray[np.float32]

LONGEST = 500
"""Characters of the longest sentence that is quoted whole; a longer one is cut between its clauses."""

_WORD = re.compile(r"\w+")
_CLAUSE_END = re.compile(r"(?<=[;:,—–|])\s+|\n+|(?<=[.!?])\s+")


class Pooling(Protocol):
    """What answering needs of an embedder (qa.embedding.Embedder)."""

    def embed_query(self, text: str) -> Vectors: ...

    def embed_spans(self, text: str, spans: Sequence[Span]) -> tuple[Vectors, Vectors]: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be quoted.

    passage: its passage's place in the ranking, from 0. index: its place among the passage's sentences, from 0.
    start, end: in the document's text, without the white space at its ends.
    vector: of the sentence within its passage, shape (dimension,), length one.
    words: as they are compared. word_vectors: of its words within the passage, shape (words, dimension).
    """

    passage: int
    index: int
    source: str
    start: int
    end: int
    text: str
    vector: Vectors
    words: tuple[str, ...]
    word_vectors: Vectors


def candidates(passages: Sequence[Passage], embedder: Pooling) -> list[Candidate]:
    """The sentences of the passages, in the order of the passages and of their text; each place in a document once."""
    found: list[Candidate] = []
    taken: dict[str, list[Span]] = {}
    for rank, passage in enumerate(passages):
        spans = quotable(passage.text, PurePath(passage.source).suffix[1:].lower())
        inside = [_WORD.finditer(passage.text, start, end) for start, end in spans]
        word_spans = [[match.span() for match in matches] for matches in inside]
        flat = [span for group in word_spans for span in group]
        _, vectors = embedder.embed_spans(passage.text, [*spans, *flat])
        first = len(spans)
        for index, ((start, end), group) in enumerate(zip(spans, word_spans, strict=True)):
            rows = vectors[first : first + len(group)]
            first += len(group)
            place = (passage.start + start, passage.start + end)
            if any(place[0] < e and s < place[1] for s, e in taken.get(passage.source, ())):
                continue
            text = passage.text[start:end]
            found.append(Candidate(rank, index, passage.source, *place, text, vectors[index], tuple(words(text)), rows))
        taken.setdefault(passage.source, []).append((passage.start, passage.end))
    return found


def quotable(text: str, kind: str) -> list[Span]:
    """Spans of the sentences, rows and list items of a text, trimmed; none is longer than LONGEST characters."""
    spans = []
    for span in sentence_spans(text, kind):
        start, end = trimmed(text, *span)
        if _WORD.search(text, start, end):
            spans += [(start, end)] if end - start <= LONGEST else _clauses(text, start, end)
    return spans


def _clauses(text: str, start: int, end: int) -> list[Span]:
    """A long sentence in parts of at most LONGEST characters, cut at the last clause end that fits, else at a space."""
    parts = []
    while end - start > LONGEST:
        stops = [m.start() for m in _CLAUSE_END.finditer(text, start + LONGEST // 3, start + LONGEST)]
        stop = stops[-1] if stops else text.rfind(" ", start + 1, start + LONGEST)
        stop = stop if stop > start else start + LONGEST
        parts.append(trimmed(text, start, stop))
        start = stop + len(text[stop:end]) - len(text[stop:end].lstrip())
    if end > start:
        parts.append((start, end))
    return [part for part in parts if part[1] > part[0] and _WORD.search(text, *part)]
