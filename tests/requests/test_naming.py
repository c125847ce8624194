"""Which documents some words mean: by file name, title and kind, with care."""

from __future__ import annotations

from pathlib import Path

import pytest

import qa.words
from qa.requests import naming
from qa.requests.naming import Names
from qa.types import Source

TITLES = {
    "annual-report-2023.pdf": "Annual report 2023",
    "annual-report-2024.pdf": "Annual report 2024",
    "Harbour_Minutes.docx": "Minutes of the harbour committee",
    "minutes.txt": None,
    "fish prices.xlsx": None,
    "re-ferry.eml": "Re: the new ferry",
    "straße.md": "Die Straße",
}


def source(name: str, title: str | None) -> Source:
    return Source(f"/papers/{name}", name.rsplit(".")[-1], 1000, 3, 900, 1e9, "0" * 64, title)


PORTS = ("oslo", "bergen", "bremen", "riga")

SOURCES = [source(name, title) for name, title in TITLES.items()]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("minutes.txt", "minutes.txt"),
        ("MINUTES.TXT", "minutes.txt"),
        ("the file minutes.txt", "minutes.txt"),
        ("/papers/minutes.txt", "minutes.txt"),
        ("minutes", "minutes.txt"),
        ("the harbour minutes", "Harbour_Minutes.docx"),
        ("the harbor comittee", "Harbour_Minutes.docx"),
        ("annual report of 2024", "annual-report-2024.pdf"),
        ("the spreadsheet of fish prices", "fish prices.xlsx"),
        ("the mail about the ferries", "re-ferry.eml"),
        ("Straße", "straße.md"),
    ],
)
def test_a_document_is_found_by_its_words(words: str, name: str) -> None:
    assert [Path(one.source).name for one in Names(SOURCES).meant(words)][:1] == [name]


@pytest.mark.parametrize(
    "words", ["the war", "ferry prices of 1912", "the document", "the report", "", "of the", "harbour masters"]
)
def test_words_that_are_not_most_of_a_name_mean_none(words: str) -> None:
    assert Names(SOURCES).meant(words) == []


def test_all_that_fit_equally_well_are_given() -> None:
    fitting = {Path(one.source).name for one in Names(SOURCES).meant("the annual report")}
    assert fitting == {"annual-report-2023.pdf", "annual-report-2024.pdf"}
    assert len(Names([*SOURCES, source("old/minutes.txt", None)]).meant("minutes.txt")) == 2


def test_a_hundred_thousand_names_are_gone_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken, patterns = [], []
    each, within, stem = naming.words_of_each, naming._within, qa.words._stem
    monkeypatch.setattr(naming, "words_of_each", lambda texts: spoken.append("names") or each(texts))
    monkeypatch.setattr(naming, "_within", lambda name, asked: patterns.append(name) or within(name, asked))
    monkeypatch.setattr(qa.words, "_stem", lambda found: spoken.extend(found) or stem(found))
    many = [source(f"voyage-{number}-to-the-{port}.txt", None) for number in range(25_000) for port in PORTS]
    names = Names([*many, *SOURCES])
    assert [Path(one.source).name for one in names.meant("the harbor comittee")] == ["Harbour_Minutes.docx"]
    assert [Path(one.source).name for one in names.meant("voyage 777 to Oslo")] == ["voyage-777-to-the-oslo.txt"]
    assert [Path(one.source).name for one in names.meant("the file minutes.txt")] == ["minutes.txt"]
    assert (spoken.count("names"), patterns) == (1, ["minutes.txt"])
    assert len(spoken) < 100  # words that were stemmed, of 500,000
