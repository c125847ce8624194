"""Passages -> the sentences that may be quoted, with the vectors that they have inside their passage."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from qa.answering.citations import DocumentOf
from qa.answering.context import TABLES, context_of
from qa.sentences import LINE_KINDS, Span, sentence_spans, trimmed
from qa.types import Document, Passage, mark_at
from qa.words import spoken, words

Vectors = npt.NDArray[np.float32]

LONGEST = 500
"""Characters of the longest sentence that is quoted whole; a longer one is cut between its clauses."""

LONGEST_HEADING = 80
"""Characters of a line of plain text that is taken for a heading."""

READERS = 2
"""Passages that are encoded at once; encoding leaves Python's lock alone. More gain nothing on two cores."""

_WORD = re.compile(r"\w+")
_COLUMNS = re.compile(r"\|[^\n]*\n[ \t|:-]*-[ \t|:-]*")
_ITEM = re.compile(r"[-*+•‣▪–|]|\(?\w{1,3}[.)]\s")
_BLANK = re.compile(r"\n[^\S\n]*\n")
_HEADING = re.compile(r"#{1,6}[ \t][^\n]*$")
_TITLE = re.compile(r"[^\W\d_a-z][^\n:;|=]*[^\W_]")
_BLANK_BEFORE = re.compile(r"(?:\A|\n)[^\S\n]*(?:\A|\n)[^\S\n]*\Z")
_BLANK_AFTER = re.compile(r"[^\S\n]*\n[^\S\n]*\n")
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
    words: as they are compared. tokens: as they are written, lower-case.
    token_vectors: of its tokens within the passage, shape (tokens, dimension).
    heading: words of the headings that it stands under. heading_vectors: of the nearest one's tokens, as far as that
        is in the passage; shape (tokens, dimension).
    context: what it stands under, and the sentence before it in its paragraph.
    """

    passage: int
    index: int
    source: str
    start: int
    end: int
    text: str
    vector: Vectors
    words: tuple[str, ...]
    tokens: tuple[str, ...]
    token_vectors: Vectors
    heading: frozenset[str] = frozenset()
    heading_vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    context: str = ""


def candidates(passages: Sequence[Passage], document_of: DocumentOf, embedder: Pooling) -> list[Candidate]:
    """The sentences of the passages, in the order of the passages and of their text; each place in a document once, and
    so is what two documents say under the same headings in the same words.

    Headings alone, and the row of a table that names its columns, are left out as long as there is anything else.
    """
    documents = [document_of(passage.source) for passage in passages]
    sentences = [quotable(passage.text, document.kind) for passage, document in zip(passages, documents, strict=True)]
    tokens = [
        [[match.span() for match in spoken(passage.text, *span)] for span in spans]
        for passage, spans in zip(passages, sentences, strict=True)
    ]
    flat = [[*s, *itertools.chain.from_iterable(t)] for s, t in zip(sentences, tokens, strict=True)]
    with ThreadPoolExecutor(READERS) as pool:
        read = list(pool.map(lambda i: embedder.embed_spans(passages[i].text, flat[i])[1], range(len(passages))))
    found: list[Candidate] = []
    bare: list[Candidate] = []
    taken: dict[str, list[Span]] = {}
    said: dict[tuple[str, str], int] = {}
    for rank, passage in enumerate(passages):
        vectors = read[rank]
        first = len(sentences[rank])
        previous: Span | None = None
        above = vectors[:0]
        for index, ((start, end), inside) in enumerate(zip(sentences[rank], tokens[rank], strict=True)):
            rows = vectors[first : first + len(inside)]
            first += len(inside)
            place = (passage.start + start, passage.start + end)
            if any(place[0] < e and s < place[1] for s, e in taken.get(passage.source, ())):
                continue
            text = passage.text[start:end]
            row = documents[rank].kind in LINE_KINDS or _ITEM.match(text)
            goes_on = previous and not row and not _BLANK.search(passage.text, previous[1], start)
            before = passage.text[slice(*previous)] if previous and goes_on else ""
            previous = (start, end)
            around = context_of(documents[rank], place[0])
            if (
                said.setdefault((" ".join(text.casefold().split()), f"{around.headings}\n{around.columns}"), rank)
                != rank
            ):
                continue
            silent = says_nothing(text, documents[rank], place[0])
            if silent:
                above = rows
            written = tuple(passage.text[s:e].lower() for s, e in inside)
            candidate = Candidate(
                rank,
                index,
                passage.source,
                *place,
                text,
                vectors[index],
                tuple(words(text)),
                written,
                rows,
                frozenset(words(around.headings)),
                above,
                f"{around.text}\n{before}",
            )
            (bare if silent else found).append(candidate)
        taken.setdefault(passage.source, []).append((passage.start, passage.end))
    return found or bare


def says_nothing(text: str, document: Document, start: int) -> bool:
    """Whether this is only a heading, or the row of a table that names its columns."""
    heading = mark_at(document.marks, start).heading
    if document.kind in TABLES:  # what its columns are called, or the name of a sheet
        columns = heading is not None and heading.endswith("row 1") and not any(map(str.isdigit, text))
        return columns or text.strip() == heading
    return (
        bool(_HEADING.match(text))
        or _COLUMNS.fullmatch(text) is not None
        or (heading is not None and text.strip("#*=- \t\n").casefold() == heading.casefold())
        or (document.kind == "txt" and _stands_alone(text, document.text, start))
    )


def _stands_alone(text: str, whole: str, start: int) -> bool:
    """Whether this looks like a heading of plain text: a short line of words between blank lines, without an end."""
    return (
        len(text) <= LONGEST_HEADING
        and _TITLE.fullmatch(text) is not None
        and _BLANK_BEFORE.search(whole, max(0, start - 200), start) is not None
        and _BLANK_AFTER.match(whole, start + len(text)) is not None
    )


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
