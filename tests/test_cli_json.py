"""With --json, standard output holds one object of a known shape, whatever happens."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qa.types import Answer, IndexReport, Passage, Source
from tests.conftest import CORPUS, Quoth


def fields(kind: type) -> set[str]:
    return set(kind.__dataclass_fields__)  # type: ignore[attr-defined]


def test_an_answer(quoth: Quoth, sample_library: Path) -> None:
    ran = quoth("ask", "When did Donald Trump and Kim Jong Un first meet?", "--json", "--library", str(sample_library))
    assert set(ran.json) == fields(Answer) - {"explanation"} | {"schema"}
    citation = ran.json["citations"][0]
    assert citation["verified"] is True
    shown = quoth(
        *("show", citation["source"], "--start", str(citation["start"]), "--end", str(citation["end"])),
        *("--json", "--library", str(sample_library)),
    )
    assert shown.json["text"] == citation["quote"]
    assert ran.err == ""


def test_no_answer_is_an_answer(quoth: Quoth, sample_library: Path) -> None:
    ran = quoth("ask", "How many moons has Neptune?", "--json", "--library", str(sample_library))
    assert ran.code == 3
    assert ran.json["status"] == "not_found"


def test_passages(quoth: Quoth, sample_library: Path) -> None:
    ran = quoth("search", "Hanoi", "-k", "2", "--json", "--library", str(sample_library))
    assert set(ran.json) == {"schema", "query", "passages"}
    assert [set(passage) for passage in ran.json["passages"]] == [fields(Passage)] * 2


def test_sources(quoth: Quoth, sample_library: Path) -> None:
    ran = quoth("sources", "--json", "--library", str(sample_library))
    assert set(ran.json) == {"schema", "library", "sources"}
    assert all(set(source) == fields(Source) for source in ran.json["sources"])
    assert str(CORPUS / "un-sanctions.txt") in [source["source"] for source in ran.json["sources"]]


def test_reports(quoth: Quoth, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The ferry Adelheid was built in Bremen.\n")
    (tmp_path / "empty.txt").write_text("")
    commands = {
        "add": (["add", str(tmp_path)], 4),
        "update": (["update"], 4),
        "rebuild": (["rebuild"], 0),
        "remove": (["remove", str(tmp_path / "a.txt")], 0),
    }
    for command, code in commands.values():
        ran = quoth(*command, "--json")
        assert ran.code == code
        assert set(ran.json) == fields(IndexReport) | {"schema"}


def test_libraries_and_settings(quoth: Quoth, tmp_path: Path, home: Path) -> None:
    assert quoth("libraries", "--json").json == {"schema": 1, "libraries": []}
    (tmp_path / "a.txt").write_text("The ferry Adelheid was built in Bremen.\n")
    quoth("add", str(tmp_path), "--library", "news", "--json")
    folder = home / "data" / "quoth" / "libraries" / "news"
    listed = quoth("libraries", "--json").json["libraries"]
    assert listed == [{"name": "news", "folder": str(folder), "documents": 1, "error": None}]
    assert quoth("config", "--json").json["settings"]["retrieval"]["k"] == 5
    assert quoth("config", "--library", "news", "--json").json["files"]["library_config"] == str(folder / "quoth.toml")
    assert quoth("libraries", "delete", "news", "--yes", "--json").json["deleted"] == "news"
    assert quoth("--version", "--json").json["version"]


def test_the_chat_answers_the_sample_questions(quoth: Quoth, sample_library: Path) -> None:
    ran = quoth("chat", "--json", "--library", str(sample_library))
    assert [answer["status"] for answer in ran.json["answers"]] == ["answered"] * 3


def test_the_chat_says_what_became_of_its_paths(
    quoth: Quoth, tmp_path: Path, sample_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    none = quoth("chat", str(empty), "--json")
    assert none.code == 1
    assert str(empty) in none.json["error"]["message"]
    shutil.copytree(sample_library, tmp_path / "library")
    partly = quoth("chat", str(empty), "--json", "--library", str(tmp_path / "library"))
    assert partly.code == 4
    assert [failure["source"] for failure in partly.json["failed"]] == [str(empty)]
    monkeypatch.setattr("qa.library.Library.add", lambda *_, **__: IndexReport(cancelled=True))
    for command in (["chat"], ["ask", "who?"]):
        stopped = quoth(*command, str(empty), "--json")
        assert stopped.code == 130
        assert stopped.json["cancelled"] is True


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["ask", "--json"], 2, "UsageError"),
        (["--json", "ask", "who?"], 1, "LibraryNotFound"),
        (["ask", "who?", "--json"], 1, "LibraryNotFound"),
        (["add", "no/such/file", "--json"], 1, "SourceNotFound"),
        (["libraries", "delete", "nope", "--json"], 1, "LibraryNotFound"),
    ],
)
def test_errors(quoth: Quoth, arguments: list[str], code: int, kind: str) -> None:
    ran = quoth(*arguments)
    assert ran.code == code
    assert ran.json["error"]["type"] == kind
    assert ran.json["error"]["message"]
    assert ran.err == ""
