"""Sentences that stand for a document: readable by themselves, spread over it, and found with little reading."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa import Library
from qa.embedding import Embedder
from qa.requests import central


@pytest.mark.parametrize(
    "sentence",
    [
        "The harbour of Saint Aubin was built of granite between 1904 and 1911.",
        "“Nobody had asked the fishermen,” said the mayor of the town in March.",
        "In 1923 the ferry Adelheid carried forty passengers and two motor cars.",
    ],
)
def test_a_whole_sentence_can_be_read_by_itself(sentence: str) -> None:
    assert central.readable(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It was built of granite between the years 1904 and 1911 by the town.",
        "However, nobody had asked the fishermen of the town what they wanted.",
        "This changed when the ferry Adelheid came to the town in the spring.",
        "Built of granite between the years",
        "| 1904 | granite | 2,000 tons | Saint Aubin | finished | yes | no |",
        "Copyright 2024 by the harbour company of Saint Aubin. All rights reserved.",
        "See https://example.org/harbour for the whole history of the harbour.",
        "1904 1905 1906 1907 1908 1909 1910 1911 12.5 13.6 14.7 15.8 16.9.",
        "The harbour of Saint Aubin",
    ],
)
def test_what_leans_or_is_no_sentence_cannot(sentence: str) -> None:
    assert not central.readable(sentence)


def test_a_long_text_is_summed_up_from_few_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = ["harbour", "railway", "school", "hospital", "theatre", "market", "prison", "library", "museum", "bridge"]
    text = "".join(
        f"# The {part}\n\n"
        + "".join(
            f"In {1800 + 3 * year} the town council paid {year + 2} masons to mend the roof of the {part} again.\n\n"
            for year in range(40)
        )
        for part in parts
    )
    (tmp_path / "town.md").write_text(text)
    read: list[str] = []
    embed = Embedder.embed_spans

    def counted(self: Embedder, passage: str, spans: list[tuple[int, int]]) -> object:
        read.append(passage)
        return embed(self, passage, spans)

    with Library(tmp_path / "library") as library:
        library.add(tmp_path / "town.md")
        chunks = library.sources()[0].chunks
        assert chunks > 2 * 8 * central.READ
        monkeypatch.setattr(central, "MOST_CHUNKS", 40)
        monkeypatch.setattr(Embedder, "embed_spans", counted)
        answer = library.ask("summarise town.md")
    assert len(read) <= 8 * central.READ
    places = [citation.start / len(text) for citation in answer.citations]
    assert 5 <= len(places) <= 8
    assert places[0] < 0.2
    assert places[-1] > 0.8
    assert len({citation.heading for citation in answer.citations}) >= 5
