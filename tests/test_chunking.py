"""Chunks: that they tile any text within the model's tokens, and end where a reader would pause."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.chunking import CHARACTERS_A_TOKEN, chunk
from qa.embedding import Embedder
from qa.settings import EmbeddingSettings
from qa.types import Document, Mark
from tests.conftest import own_home


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Embedder]:
    with own_home(tmp_path_factory.mktemp("home"), models):
        yield Embedder(EmbeddingSettings())


def document(text: str, kind: str = "txt", marks: tuple[Mark, ...] = ()) -> Document:
    return Document("/d", text, kind, "0" * 64, marks)


def checked(text: str, embedder: Embedder, tokens: int, kind: str = "txt") -> list[str]:
    """The chunks' texts, after checking what holds for every document."""
    chunks = chunk(document(text, kind), embedder, tokens)
    if not text.strip():
        assert chunks == []
        return []
    assert "".join(piece.text for piece in chunks) == text
    assert all(text[piece.start : piece.end] == piece.text for piece in chunks)
    limit = min(tokens, embedder.room)
    assert all(len(spans) <= limit for spans in embedder.token_spans([piece.text for piece in chunks]))
    assert all(0 < len(piece.text) <= limit * CHARACTERS_A_TOKEN for piece in chunks)
    return [piece.text for piece in chunks]


BLOCKS = ("\n", "\n\n", " ", ". ", "# Head\n", "| a | b |\n", "- item\n", "word ", "extraordinarily ", "1,234.5 ")
SCRIPTS = ("東京", "👍🏽", "é", "ﷺ", "𝔘", "\ud7ff", "٣", "ไทย", "\u2028", "\x00", "\u200d")
LONG = ("x" * 150, " " * 300, "a" * 1500, "..." * 60)
PIECES = st.sampled_from([*BLOCKS, *SCRIPTS, *LONG])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join)),
    st.sampled_from([16, 40, 120, 254, 1000]),
    st.sampled_from(["md", "csv"]),
)
def test_chunks_tile_any_text_within_the_tokens(embedder: Embedder, text: str, tokens: int, kind: str) -> None:
    checked(text, embedder, tokens, kind)


def test_chunks_are_well_filled_and_end_with_a_sentence(embedder: Embedder) -> None:
    text = " ".join(
        f"The {number} birds of the northern coast fly south when the winter comes." for number in range(300)
    )
    chunks = checked(text, embedder, 120)
    sizes = [len(spans) for spans in embedder.token_spans(chunks)]
    assert all(size > 80 for size in sizes)
    assert all(piece.rstrip().endswith("comes.") for piece in chunks)


def test_a_heading_stands_with_its_text(embedder: Embedder) -> None:
    sections = [
        f"# Birds of shore {n}\n\n" + "They fly south when winter comes to the coast. " * 6 + "\n\n" for n in range(8)
    ]
    text = "".join(sections)
    marks = tuple(Mark(sum(map(len, sections[:n])), None, f"Birds of shore {n}") for n in range(8))
    chunks = chunk(document(text, "md", marks), embedder, 120)
    assert len(chunks) > 1
    assert all(not piece.text.rstrip().splitlines()[-1].startswith("#") for piece in chunks)


def test_a_sentence_too_long_is_cut_between_words(embedder: Embedder) -> None:
    words = [f"item{number}" for number in range(400)]
    chunks = checked(", ".join(words), embedder, 120)
    assert [word for piece in chunks for word in piece.replace(",", " ").split()] == words


def test_an_endless_word_is_cut_and_kept(embedder: Embedder) -> None:
    assert len(checked("a" * 100_000, embedder, 120)) >= 100_000 // (120 * CHARACTERS_A_TOKEN)


def test_a_long_text_takes_time_in_proportion(embedder: Embedder) -> None:
    text = "The birds of the coast fly south. They come back in May, when it is warm.\n" * 14_000  # 1 MB
    began = time.perf_counter()
    chunk(document(text), embedder, 120)
    assert time.perf_counter() - began < 30  # about 2 s
