"""Question sets -> cases to fit on: a question, what was found for it, and whether that answers it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from qa.answering.candidates import Candidate, candidates
from qa.answering.features import Array, Sentences, sentence_features
from qa.answering.question import Question, take_apart
from qa.chunking import chunk
from qa.embedding import Embedder
from qa.followups import Search, search_for, search_vector
from qa.ranking import gather, rank, without_common
from qa.reading.headings import markdown, marks_of
from qa.sentences import sentence_spans
from qa.settings import Settings
from qa.types import Chunk, Document, Passage, mark_at
from qa.words import words

SETTINGS = Settings()
Row = dict[str, Any]

MOST_TAKEN_OUT = 6000
"""Characters; where more would go, the paragraphs are not paragraphs, and the question would be a far one."""


@dataclass
class Case:
    """One question asked of one collection.

    where: the collection: "reading" is its set's whole, "solo" one article alone. kind: "answerable", "near" and "far"
    as in the sets; "near2" and "far2" are answerable questions whose paragraph or article was taken out, "near3" those
    of which only the sentences that answer were.
    group: what must stay together in cross-validation. says: per candidate, 1 where it says the answer.
    """

    where: str
    kind: str
    group: str
    row: Row
    question: Question
    passages: list[Passage]
    found: list[Candidate]
    sentences: Sentences
    says: Array
    chances: Array = field(default_factory=lambda: np.zeros(0))
    features: Array = field(default_factory=lambda: np.zeros(0))

    @property
    def answerable(self) -> bool:
        return self.kind in ("answerable", "ANSWERABLE")

    @property
    def accident(self) -> bool:
        """The answer's words are found although what said it was taken out: whether that answers, nobody has said."""
        taken_out = self.kind in ("near2", "near3", "far2")
        return taken_out and any(contains(p.text, self.row.get("answers", ())) for p in self.passages)


def tokens(text: str) -> str:
    return " ".join(re.findall(r"\d+(?:[.,]\d+)*|\w+", text.lower()))


def contains(text: str, answers: Sequence[str]) -> bool:
    """Whether a text says one of the answers, word for word."""
    padded = f" {tokens(text)} "
    return any(tokens(answer) and f" {tokens(answer)} " in padded for answer in answers)


class Caching:
    """The embedder, which remembers: the same texts come up in hundreds of collections."""

    def __init__(self) -> None:
        embedder = Embedder(SETTINGS.embedding)
        self.embedder = embedder
        self.embed_query = cache(embedder.embed_query)
        self._spans = cache(embedder.embed_spans)

    def embed_spans(self, text: str, spans: Sequence[tuple[int, int]]) -> Any:
        return self._spans(text, tuple(spans))

    @cache  # noqa: B019  # lives as long as the program
    def chunks(self, document: Document) -> list[tuple[Chunk, Any, frozenset[str]]]:
        chunks = chunk(document, self.embedder, SETTINGS.chunking.tokens)
        vectors = [self._document(piece.text) for piece in chunks]
        return [(c, v, frozenset(words(c.text))) for c, v in zip(chunks, vectors, strict=True)]

    @cache  # noqa: B019
    def _document(self, text: str) -> Any:
        return self.embedder.embed_documents([text])[0]


class Collection:
    """Documents, searched in memory as qa.retrieval does it, less the candidates by rare words."""

    def __init__(self, documents: Mapping[str, Document], caching: Caching) -> None:
        self.documents, self.caching = documents, caching
        self.pieces = [(d, *piece) for d in documents.values() for piece in caching.chunks(d)]
        self.numbers = {name: number for number, name in enumerate(documents)}
        self.vectors = np.stack([vector for _, _, vector, _ in self.pieces])

    def known(self, wanted: Sequence[str]) -> tuple[Mapping[str, int], int]:
        return {word: sum(word in held for *_, held in self.pieces) for word in wanted}, len(self.pieces)

    def search(self, search: Search) -> list[Passage]:
        cosines = self.vectors @ search_vector(search, self.caching.embed_query)
        top = np.argsort(-cosines, kind="stable")[: SETTINGS.retrieval.candidates]
        places = [(self.numbers[self.pieces[i][0].source], self.pieces[i][1].start, self.pieces[i][1].end) for i in top]
        texts = [self.pieces[i][1].text for i in top]
        told = cosines[top]
        (question, weight), *others = search.texts
        if less := without_common(question, texts):
            narrow = search_vector(replace(search, texts=((less, weight), *others)), self.caching.embed_query)
            told = (told + self.vectors[top] @ narrow) / 2
        scores = rank(search.words, texts, told, places)
        embedder = self.caching.embedder
        groups = gather(
            [int(i) for i in np.argsort(-scores, kind="stable")],
            places,
            lambda i: len(embedder.token_spans([self.pieces[top[i]][1].text])[0]),
            SETTINGS.retrieval.k,
            SETTINGS.chunking.tokens,
            embedder.room,
        )
        return [self._passage(g, top, places, float(scores[g].max()), float(cosines[top[g]].max())) for g in groups]

    def _passage(self, group: list[int], top: Any, places: Any, score: float, cosine: float) -> Passage:
        document = self.pieces[top[group[0]]][0]
        start, end = places[group[0]][1], places[group[-1]][2]
        text = document.text[start:end]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        heading = mark_at(document.marks, start).heading
        return Passage(text, document.source, start, start + len(text), score, cosine, None, heading, 1, "")


def load(folder: Path) -> tuple[dict[str, Document], list[Row]]:
    """A set's documents by name, and its questions."""
    rows = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    files = sorted((folder / "documents").iterdir())
    return {file.name: _document(file.name, file.read_bytes().decode("utf-8")) for file in files}, rows


def _document(name: str, text: str) -> Document:
    kind = Path(name).suffix[1:]
    return Document(name, text, kind, "", marks_of(markdown(text)[0]) if kind == "md" else ())


def without(documents: Mapping[str, Document], file: str, spans: Sequence[Sequence[int]]) -> dict[str, Document]:
    """The documents less every paragraph of one that a span touches."""
    paragraphs = re.finditer(r"(?s).+?(?:\n\s*\n|\Z)", documents[file].text)
    left = "".join(p.group() for p in paragraphs if not any(p.start() < e and s < p.end() for s, e in spans))
    return {**documents, file: _document(file, left)} if left.strip() else _less(documents, file)


def without_sentences(documents: Mapping[str, Document], row: Row) -> dict[str, Document]:
    """The documents less the sentences that say a question's answer where it is to be found."""
    document = documents[row["file"]]
    spans = [span for span in sentence_spans(document.text, document.kind) if _answers(document, *span, row)]
    text = document.text
    for start, end in reversed(spans):
        text = text[:start] + ("\n\n" if text[start:end].endswith("\n\n") else "") + text[end:]
    return {**documents, row["file"]: _document(row["file"], text)}


def _less(documents: Mapping[str, Document], *files: str) -> dict[str, Document]:
    return {name: document for name, document in documents.items() if name not in files}


def _only(file: str, documents: Mapping[str, Document]) -> dict[str, Document]:
    return {file: documents[file]}


def _case(collection: Collection, where: str, kind: str, row: Row, group: str, search: Search | None = None) -> Case:
    search = search or search_for(row["question"], ())
    passages = collection.search(search)
    found = candidates(passages, collection.documents.__getitem__, collection.caching)
    question = take_apart(search, collection.caching, collection.known)
    says = np.array([_says(candidate, row, collection.documents) for candidate in found], dtype=float)
    sentences = sentence_features(question, passages, found)
    return Case(where, kind, group or passages[0].source, row, question, passages, found, sentences, says)


def _says(candidate: Candidate, row: Row, documents: Mapping[str, Document]) -> bool:
    """Whether a candidate says the answer."""
    there = candidate.source == row.get("file")
    return there and _answers(documents[candidate.source], candidate.start, candidate.end, row)


def _answers(document: Document, start: int, end: int, row: Row) -> bool:
    """Whether a sentence says the answer: its words, in the right paragraph, or most of a span that answers."""
    if "answers" in row:
        (first, last), *_ = row["spans"]
        return bool(first <= start < last and contains(document.text[start:end], row["answers"]))
    shared = [(min(e, end) - max(s, start), e - s) for s, e in row["spans"]]
    return any(o > 0.5 * (end - start) or o > 0.5 * size for o, size in shared)


def reading(folder: Path, caching: Caching) -> Iterator[Case]:
    """The reading set as it is, and each answerable question again: without its paragraph, without the sentences that
    answer it, without its article; the same with its article alone ("solo"), and with one other article alone."""
    documents, rows = load(folder)
    names = sorted(documents)

    @cache
    def collection(file: str, spans: str, solo: bool) -> Collection | None:
        kept = {file: documents[file]} if solo else dict(documents)
        if spans:
            kept = without(kept, file, json.loads(spans))
        return Collection(kept, caching) if kept else None

    whole = Collection(documents, caching)
    for number, row in enumerate(rows):
        if row["kind"] != "answerable":
            yield _case(whole, "reading", row["kind"], row, "")
            continue
        file, spans = row["file"], json.dumps(row["spans"])
        other = names[(names.index(file) + 1 + number % (len(names) - 1)) % len(names)]
        for where, kind, asked in (
            ("reading", "answerable", whole),
            ("reading", "near2", collection(file, spans, False)),
            ("reading", "near3", Collection(without_sentences(documents, row), caching)),
            ("reading", "far2", collection(file, "[[0, 1000000000]]", False)),
            ("solo", "answerable", collection(file, "", True)),
            ("solo", "near2", collection(file, spans, True)),
            ("solo", "near3", Collection(_only(file, without_sentences(documents, row)), caching)),
            ("solo", "far2", collection(other, "", True)),
        ):
            if asked:
                yield _case(asked, where, kind, row, file)


def chunking(folder: Path, caching: Caching) -> Iterator[Case]:
    """The chunking set, and each question without the paragraphs that answer it."""
    documents, rows = load(folder)
    whole = Collection(documents, caching)
    for row in rows:
        group = f"{row['file']} {row['spans'][0][0] // 8000}"
        yield _case(whole, "chunking", "answerable", row, group)
        less = without(documents, row["file"], row["spans"])
        left = less[row["file"]].text if row["file"] in less else ""
        if len(documents[row["file"]].text) - len(left) < MOST_TAKEN_OUT:
            yield _case(Collection(less, caching), "chunking", "near2", row, group)
        yield _case(Collection(without_sentences(documents, row), caching), "chunking", "near3", row, group)


def multiturn(folder: Path, caching: Caching) -> Iterator[Case]:
    """The conversations whose last question is answerable or not: nothing is fitted to them."""
    documents, rows = load(folder)
    whole = Collection(documents, caching)
    for row in rows:
        if row["label"] in ("ANSWERABLE", "UNANSWERABLE"):
            search = search_for(row["question"], row["history"])
            yield _case(whole, "multiturn", row["label"], row, str(row["id"]), search)
