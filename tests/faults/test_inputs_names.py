"""Names that are not text, would act on a terminal or look alike: each is indexed, cited, shown and removed."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa import Library
from qa.cli.output import print_answer
from tests.conftest import Quoth, Ran
from tests.faults.inputs import Record, tell

NAMES: dict[str, tuple[bytes, str]] = {
    "newline": (b"two\nlines.txt", "two␊lines.txt"),
    "carriage return and tab": (b"a\rb\tc.txt", "a␍b␉c.txt"),
    "invalid UTF-8": (b"caf\xe9.txt", "caf\\xe9.txt"),
    "suffix of invalid UTF-8": (b"notes.\xff\xfe", "notes.\\xff\\xfe"),
    "leading dash": (b"-rf.txt", "-rf.txt"),
    "two leading dashes": (b"--json", "--json"),
    "tilde of no user": (b"~nobody-here", "~nobody-here"),
    "spaces": (b" a  b .txt", " a  b .txt"),
    "bidi override": ("\u202egnp.txt".encode(), "\\u202egnp.txt"),
    "zero width": ("pass\u200bword.txt".encode(), "pass\\u200bword.txt"),
    "OSC 52": (b"\x1b]52;c;aGk=\x07.txt", "␛]52;c;aGk=␇.txt"),
    "CSI": (b"\x1b[2J\x1b[31m.txt", "␛[2J␛[31m.txt"),
    "raw C1": (b"\x9b2J.txt", "\\x9b2J.txt"),
    "C1 in UTF-8": ("\x9b2J.txt".encode(), "\\x9b2J.txt"),
    "closing tag": (b"x [-].txt", "x [-].txt"),
    "markup action": (b"[@click=app.quit]x.md", "[@click=app.quit]x.md"),
    "glob signs": (b"[a-z]*?.txt", "[a-z]*?.txt"),
    "quotes": (b"\"'`$(touch x)`.txt", "\"'`$(touch x)`.txt"),
    "255 bytes": (b"n" * 251 + b".txt", "n" * 251 + ".txt"),
    "upper case": (b"BRIDGE.txt", "BRIDGE.txt"),
    "the same in lower case": (b"bridge.txt", "bridge.txt"),
    "composed": ("Brücke.txt".encode(), "Brücke.txt"),
    "the same decomposed": (unicodedata.normalize("NFD", "Brücke.txt").encode(), "Bru\u0308cke.txt"),
}
"""A name, and how it is shown."""

FOLDER = b"ser\xe8s \x1b[1m[/]"[:-1].replace(b"/", b"-")
"""What all of them lie in is no better."""

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + FOLDER))


@pytest.fixture
def paths(folder: Path) -> dict[str, str]:
    """The path of each, with a text in it that no other has."""
    folder.mkdir()
    paths = {}
    for number, (what, (name, _)) in enumerate(NAMES.items()):
        paths[what] = os.fsdecode(os.fsencode(folder) + b"/" + name)
        Path(paths[what]).write_text(f"The {WORDS[number]} was built in Bremen in {1801 + number}.\n")
    return paths


WORDS = (
    *("ferry", "bridge", "bakery", "mill", "library", "station", "theatre", "hospital", "lighthouse", "castle"),
    *("school", "prison", "harbour", "chapel", "brewery", "stadium", "museum", "hotel", "market", "dam"),
    *("windmill", "factory", "tower"),
)


def acting(ran: Ran) -> list[str]:
    """What was printed that a terminal would obey."""
    return ACTING.findall(ran.out + ran.err)


@pytest.fixture
def library(folder: Path, paths: dict[str, str], tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library") as library:
        report = library.add([folder])
        assert (sorted(report.added), report.failed) == (sorted(paths.values()), ())
        yield library


def test_every_name_is_indexed_cited_shown_and_removed(
    library: Library,
    paths: dict[str, str],
    quoth: Quoth,
    record_property: Record,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(Path(paths["newline"]).parent)
    of_library = ("--library", str(library.folder))
    listed = quoth("sources", *of_library)
    assert sorted(listed.out.splitlines()) == sorted(shown for _, shown in NAMES.values())
    assert acting(listed) == []
    for number, what in enumerate(NAMES):
        question = f"When was the {WORDS[number]} built?"
        answer = library.ask(question)
        found = answer.citations[0]
        assert (what, found.source) == (what, paths[what])
        assert str(1801 + number) in answer.text
        assert library.text(found.source)[found.start : found.end] == found.quote
        capsys.readouterr()
        print_answer(answer)
        shown = Ran(0, *capsys.readouterr())
        assert f"[1] {NAMES[what][1]}, line 1" in shown.out
        assert acting(shown) == []
        # What is printed as JSON finds the document again.
        cited = json.loads(json.dumps(answer.to_dict()))["citations"][0]
        place = ("--start", str(cited["start"]), "--end", str(cited["end"]))
        assert quoth("show", *of_library, *place, "--", cited["source"]).out == found.quote
        limited = library.search(question, where=paths[what])
        assert {passage.source for passage in limited} == {paths[what]}
        tell(record_property, f"name: {what}", "indexed, cited, shown, removed")
    asked = quoth("ask", "--json", *of_library, f"When was the {WORDS[2]} built?").json
    assert asked["citations"][0]["source"] == paths["invalid UTF-8"]
    names = [os.fsdecode(name) for name, _ in NAMES.values()]
    removed = quoth("remove", *of_library, "--", *names[::2])
    assert (removed.code, acting(removed)) == (0, [])
    assert library.remove([paths[what] for what in list(NAMES)[1::2]]).removed == tuple(list(paths.values())[1::2])
    assert library.sources() == []


def test_the_shell_is_offered_no_name_that_acts_on_it(home: Path, quoth_process: Quoth) -> None:
    for name in ("news", "news \x1b[2J", "news\u202e"):
        folder = home / "data" / "quoth" / "libraries" / name
        folder.mkdir(parents=True)
        (folder / "catalog.sqlite").touch()
    asked = {"_QUOTH_COMPLETE": "complete_bash", "COMP_WORDS": "quoth sources --library ne", "COMP_CWORD": "3"}
    assert quoth_process(env={**os.environ, **asked}).out.split() == ["news"]


Act = Callable[[Quoth, str], Ran]
ERRORS: dict[str, Act] = {
    "add what is not there": lambda quoth, name: quoth("add", "--", name),
    "show what is not there": lambda quoth, name: quoth("show", "--", name),
    "remove what is not there": lambda quoth, name: quoth("remove", "--", name),
    "a library that is not there": lambda quoth, name: quoth("sources", "--library", name),
    "a pattern that fits nothing": lambda quoth, name: quoth("search", "ferry", "--where", name),
    "a command that is not there": lambda quoth, name: quoth(name),
    "a number that is none": lambda quoth, name: quoth("search", "ferry", "-k", name),
    "a model that is not there": lambda quoth, name: quoth("ask", "When?", "--model", name),
    "a library to delete that is not there": lambda quoth, name: quoth("libraries", "delete", "--", name),
    "a wrong setting": lambda quoth, name: _with_setting(quoth, name),
}


def _with_setting(quoth: Quoth, value: str) -> Ran:
    os.environ["QUOTH_RETRIEVAL__K"] = value
    try:
        return quoth("config")
    finally:
        del os.environ["QUOTH_RETRIEVAL__K"]


@pytest.mark.parametrize("what", ERRORS)
def test_a_hostile_name_in_an_error_is_shown_in_one_line(
    quoth: Quoth, sample_library: Path, what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUOTH_LIBRARY", str(sample_library))
    for name in ("\x1b]52;c;aGk=\x07\x9b2J \u202eevil [@click=app.quit]\n[/] \udc9b", "n" * 300):
        ran = ERRORS[what](quoth, name)
        assert ran.code in (1, 2)
        assert acting(ran) == []
        assert ran.err.startswith("quoth: ")
        assert len(ran.err.splitlines()) == 1
        assert ran.out == ""
        assert "fault in Quoth" not in ran.err
