"""Readers, chunking, ranking, citing and settings over what hypothesis makes up: a sound result, or one line that says
why not, and never another exception. `make test` takes a few examples, always the same; `make faults` many, by chance.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answering.citations import cite, shown
from qa.answering.quotes import answer
from qa.chunking import CHARACTERS_A_TOKEN, chunk
from qa.display import visible
from qa.embedding import Embedder
from qa.errors import QuothError, ReadError, SettingsError
from qa.ranking import gather, rank
from qa.reading import Reader
from qa.settings import EmbeddingSettings, ReadingSettings, config_file, load
from qa.types import Document, Passage
from qa.words import content_words
from tests.conftest import own_home
from tests.faults.made_up import ANY, NAMES, TEXT, TOML, VALUES, damaged, documents, mutated
from tests.reading.conftest import check
from tests.reading.test_reading_kinds import SEEDS

FEW = {"derandomize": True, "database": None}
COMMON: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}
CHARACTERS = 50_000
"""Most characters that the readers here may take out of a file, so that the limit is met too."""


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(ReadingSettings(seconds=20, max_characters=CHARACTERS)) as reader:
        yield reader


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Embedder]:
    with own_home(tmp_path_factory.mktemp("home"), models):
        yield Embedder(EmbeddingSettings())


def sound(document: Document, embedder: Embedder, tokens: int) -> None:
    """What must hold of every document and of its chunks."""
    check(document)
    chunks = chunk(document, embedder, tokens)
    assert "".join(piece.text for piece in chunks) == document.text
    assert all(document.text[piece.start : piece.end] == piece.text for piece in chunks)
    limit = min(tokens, embedder.room)
    assert all(len(spans) <= limit for spans in embedder.token_spans([piece.text for piece in chunks]))
    assert all(0 < len(piece.text) <= limit * CHARACTERS_A_TOKEN for piece in chunks)


def one_line(error: QuothError) -> None:
    said = str(error)
    assert said
    assert visible(said, one_line=True) == said
    assert len(said) < 600


def read(reader: Reader, embedder: Embedder, path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        document = reader.read(path)
    except ReadError as error:
        one_line(error)
        return
    assert len(document.text) <= max(CHARACTERS, len(data))
    sound(document, embedder, 40)


KINDS = pytest.mark.parametrize("kind", SEEDS)


def fuzz_reader(reader: Reader, embedder: Embedder, folder: Path, kind: str, **limits: Any) -> None:
    @settings(**COMMON, **limits)
    @given(data=damaged(kind))
    def run(data: bytes) -> None:
        read(reader, embedder, folder / f"a.{kind}", data)

    run()


@KINDS
def test_a_damaged_file_is_read_or_refused(reader: Reader, embedder: Embedder, tmp_path: Path, kind: str) -> None:
    fuzz_reader(reader, embedder, tmp_path, kind, max_examples=6, **FEW)


@pytest.mark.slow
@KINDS
def test_many_damaged_files_are_read_or_refused(
    reader: Reader, embedder: Embedder, tmp_path: Path, kind: str, record_property: Callable[[str, object], None]
) -> None:
    many = 50 if SEEDS[kind].startswith((b"PK", b"%PDF")) else 100
    fuzz_reader(reader, embedder, tmp_path, kind, max_examples=many)
    record_property("files made up, each read or refused", many)


def fuzz_text(embedder: Embedder, **limits: Any) -> None:
    """Any document is chunked; quotes of it that stand in it are cited, all others are not."""

    @settings(**COMMON, **limits)
    @given(document=documents(), tokens=st.sampled_from([16, 40, 120, 1000]), question=TEXT, data=st.data())
    def run(document: Document, tokens: int, question: str, data: st.DataObject) -> None:
        sound(document, embedder, tokens)
        place = st.integers(-3, len(document.text) + 3)
        start, end = data.draw(place), data.draw(place)
        quote = data.draw(st.one_of(st.just(document.text[max(start, 0) : max(end, 0)]), TEXT))
        citation = cite(1, "/a", start, end, quote, lambda _: document)
        stands = 0 <= start < end and document.text[start:end] == quote
        assert (citation is not None) == stands
        if citation:
            assert citation.verified
            assert citation.line == document.text[:start].count("\n") + 1
            assert shown(shown(citation.quote)) == shown(citation.quote)
            assert not any(f"[{number}]" in shown(citation.quote) for number in range(10))
        quoted_is_cited(document, embedder, tokens, question)

    run()


def quoted_is_cited(document: Document, embedder: Embedder, tokens: int, question: str) -> None:
    """Whatever is asked: every quote of an answer stands in the document, and every mark in its text has a citation."""
    passages = []
    for piece in chunk(document, embedder, tokens)[:3]:
        text = piece.text.strip()
        start = piece.start + len(piece.text) - len(piece.text.lstrip())
        if text:
            passages.append(Passage(text, "/a", start, start + len(text), 0.5, 0.5, None, None, 1, "0" * 64))
    if not question.strip():
        return
    given = answer(question, passages, embedder, lambda words: (dict.fromkeys(words, 1), 9), 0.0, lambda _: document)
    assert 0 <= given.confidence <= 1
    for number, citation in enumerate(given.citations, 1):
        assert citation.number == number
        assert document.text[citation.start : citation.end] == citation.quote
        assert f"[{number}]" in given.text


def test_any_text_is_chunked_and_cited(embedder: Embedder) -> None:
    fuzz_text(embedder, max_examples=20, **FEW)


@pytest.mark.slow
def test_many_texts_are_chunked_and_cited(embedder: Embedder, record_property: Callable[[str, object], None]) -> None:
    fuzz_text(embedder, max_examples=300)
    record_property("texts made up, each chunked and cited", 300)


def fuzz_ranking(**limits: Any) -> None:
    numbers = st.floats(-1, 1, width=32)

    @settings(**COMMON, **limits)
    @given(
        texts=st.lists(st.tuples(TEXT, numbers, st.integers(1, 3), st.integers(0, 6)), max_size=12),
        question=st.one_of(TEXT, st.dictionaries(st.text(ANY, max_size=5), st.floats(0, 1), max_size=5)),
        k=st.integers(1, 8),
        size=st.integers(1, 300),
    )
    def run(texts: list[tuple[str, float, int, int]], question: str | dict[str, float], k: int, size: int) -> None:
        cosines = np.array([cosine for _, cosine, _, _ in texts], dtype=np.float32)
        places = [(document, 10 * row, 10 * row + 10) for _, _, document, row in texts]
        scores = rank(question, [text for text, _, _, _ in texts], cosines, places)
        assert scores.shape == cosines.shape
        assert ((scores >= 0) & (scores <= 1)).all()
        groups = gather(np.argsort(-scores).tolist(), places, lambda _: size, k, 120, 254)
        taken = [candidate for group in groups for candidate in group]
        assert len(taken) == len(set(taken))
        assert len(groups) == min(k, len(groups))
        assert all(len(group) * size <= 254 or len(group) == 1 for group in groups)
        if isinstance(question, str):
            assert all(word.isalnum() or not word.isascii() for word in content_words(question))

    run()


def test_any_candidates_are_ranked() -> None:
    fuzz_ranking(max_examples=50, **FEW)


@pytest.mark.slow
def test_many_candidates_are_ranked() -> None:
    fuzz_ranking(max_examples=500)


def fuzz_settings(**limits: Any) -> None:
    """Any file, and any variable: settings, or one line."""
    file = config_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    name = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("__".join)
    variable = st.characters(exclude_characters="\0", exclude_categories=["Cs"])

    @settings(**COMMON, **limits)
    @given(data=mutated(TOML), name=name, value=VALUES.map(json.dumps) | st.text(variable, max_size=20))
    def run(data: bytes, name: str, value: str) -> None:
        for content, variables in ((data, {}), (b"", {f"QUOTH_{name.upper()}": value})):
            file.write_bytes(content)
            os.environ |= variables
            try:
                assert load().retrieval.k >= 1
            except SettingsError as error:
                one_line(error)
            finally:
                for one in variables:
                    del os.environ[one]

    run()


def test_any_settings_are_taken_or_refused() -> None:
    fuzz_settings(max_examples=12, **FEW)


@pytest.mark.slow
def test_many_settings_are_taken_or_refused() -> None:
    fuzz_settings(max_examples=150)
