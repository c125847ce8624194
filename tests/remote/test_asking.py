"""A machine that has nothing but the URL of a Chroma server asks as well as the one that has the documents."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from qa import InputError, Library, LibraryError, SourceNotFound, ask
from qa.catalog import Catalog
from qa.remote.layout import name_of
from qa.settings import StoreSettings
from qa.words import words
from tests.conftest import CORPUS, Quoth
from tests.remote.conftest import Open
from tests.remote.servers import Chroma

pytestmark = pytest.mark.slow

QUESTIONS = [json.loads(line) for line in (CORPUS / "questions.jsonl").read_text(encoding="utf-8").splitlines()]

ASKED = [
    "When did Donald Trump and Kim Jong Un first meet?",
    "Who was Otto Warmbier?",
    "Are my files ever modified?",
    "Who discovered penicillin in the Antarctic?",
    "What does the facilty look like?",
    "summarise the documents",
    "which documents are there?",
]


@pytest.fixture
def reader(sample_on_server: Path, chroma: Chroma, machine: Open) -> Library:
    """A library of a machine that has nothing but the URL."""
    return machine("reader", chroma.url, "sample")


def told(found: Any) -> Any:
    """What was found, without what differs from run to run; Chroma rounds vectors in the eighth digit."""
    if isinstance(found, float):
        return round(found, 5)
    if isinstance(found, (list, tuple)):
        return list(map(told, found))
    if isinstance(found, dict):
        return {name: told(value) for name, value in found.items() if name != "timings"}
    return told(asdict(found)) if is_dataclass(found) and not isinstance(found, type) else found


def places(library: Library, question: str) -> list[tuple[str, int, int]]:
    """Where the passages for a question stand."""
    return [(one.source, one.start, one.end) for one in library.search(question)]


def test_answers_are_those_of_the_local_library(reader: Library, sample_library: Path) -> None:
    with Library(sample_library) as local:
        for question in ASKED:
            assert told(reader.ask(question)) == told(local.ask(question)), question
        history = [{"role": "user", "content": ASKED[0]}, {"role": "assistant", "content": "In Singapore."}]
        follow = "And where did they meet the second time?"
        assert told(reader.ask(follow, history=history)) == told(local.ask(follow, history=history))
        assert told(reader.ask(ASKED[0], where="*.md")) == told(local.ask(ASKED[0], where="*.md"))
        # The twentieth chunk by rare words may be another: the server does not know how long chunks are on average.
        other = [one for one in QUESTIONS[:40] if places(reader, one["question"]) != places(local, one["question"])]
        assert len(other) <= 2, other
        with pytest.raises(InputError):
            reader.search(ASKED[0], where="nothing*.xyz")


def test_documents_are_put_together_from_their_chunks(reader: Library, sample_library: Path) -> None:
    with Library(sample_library) as local:
        assert reader.sources() == local.sources()
        for source in local.sources():
            assert reader.document(source.source) == local.document(source.source)
        assert reader.starters() == local.starters()
        first = local.sources()[0]
    assert reader.state(first.source) == "current"
    assert reader.state(first.source, "0" * 64) == "changed"
    assert reader.state("/nowhere.txt") == "removed"
    assert not reader.changed()
    with pytest.raises(SourceNotFound):
        reader.text("/nowhere.txt")
    assert not reader.folder.exists()  # nothing was kept here


def test_words_are_counted_by_the_server(reader: Library, sample_library: Path) -> None:
    catalog, holdings = Catalog(sample_library), reader._parts.asked()
    wanted = list(dict.fromkeys(word for one in QUESTIONS for word in words(one["question"])))
    assert holdings.frequencies(wanted) == catalog.frequencies(wanted)
    for word in wanted:
        if 0 < catalog.frequencies([word])[word] <= 20:
            found = sorted(piece.text for piece in holdings.chunks(holdings.chunks_with([word], 20)).values())
            assert found == sorted(piece.text for piece in catalog.chunks(catalog.chunks_with([word], 20)).values())
    catalog.close()


def test_the_command_with_nothing_but_the_variable(
    sample_on_server: Path, chroma: Chroma, sample_library: Path, quoth: Quoth, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = quoth("ask", ASKED[0], "--library", str(sample_library), "--json").json
    monkeypatch.setenv("QUOTH_STORE__URL", chroma.url)
    monkeypatch.setenv("QUOTH_STORE__COLLECTION", "sample")
    asked = quoth("ask", ASKED[0], "--json").json
    assert (asked["text"], asked["citations"]) == (local["text"], local["citations"])
    source = asked["citations"][0]["source"]
    assert source in quoth("sources", "--json").out
    start, end = asked["citations"][0]["start"], asked["citations"][0]["end"]
    shown = quoth("show", source, "--start", str(start), "--end", str(end))
    assert shown.out == asked["citations"][0]["quote"]
    assert quoth("doctor").code == 0
    # What is asked of files at hand stays on this machine.
    assert ask("What is this about?", documents=CORPUS / "questions.jsonl").documents == 1
    assert len(quoth("sources").out.splitlines()) > 1


@pytest.mark.parametrize("act", ["add", "remove", "update", "rebuild"])
def test_a_machine_that_only_asks_changes_nothing(reader: Library, tmp_path: Path, act: str) -> None:
    (tmp_path / "note.txt").write_text("A note.\n")
    before = reader.sources()
    work = {
        "add": lambda: reader.add(tmp_path / "note.txt"),
        "remove": lambda: reader.remove(before[0].source),
        "update": reader.update,
        "rebuild": reader.rebuild,
    }[act]
    with pytest.raises(LibraryError, match="catalog of another machine"):
        work()
    assert reader.sources() == before
    assert not (reader.folder / "catalog.sqlite").exists()


def test_conversations_stay_on_the_machine_that_asks(reader: Library) -> None:
    conversation = reader.conversations().create("A talk")
    assert [one.title for one in reader.conversations().list()] == [conversation.title]


@pytest.mark.parametrize("library", ["default", "n", "my notes", "Δ", "..", "a" * 300])
def test_every_library_has_a_name_that_chroma_takes(library: str) -> None:
    name = name_of(StoreSettings(), library)
    assert StoreSettings(collection=name).collection == name
