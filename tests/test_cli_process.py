"""The quoth command as a process: signals, pipes, locales, and names of files that are not text."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import Quoth

COMMAND = [sys.executable, "-m", "qa"]


def test_the_installed_command_is_the_same() -> None:
    script = Path(sys.executable).with_name("quoth")
    assert subprocess.check_output([script, "--version"], text=True).startswith("quoth 0.")


def test_a_reader_may_go_away(quoth_process: Quoth, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("A line of a long document.\n" * 20_000)
    assert quoth_process("add", str(tmp_path)).code == 0
    with subprocess.Popen(
        [*COMMAND, "show", str(tmp_path / "long.txt")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(10) == b"A line of "
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) in (0, 1)


def test_names_that_are_not_text_or_would_act_on_the_terminal(quoth_process: Quoth, tmp_path: Path) -> None:
    names = [b"caf\xe9.txt", b"\x1b]0;title\x07.txt", b"two\nlines.txt", b"[bold]x[blink].txt"]
    for number, name in enumerate(names):
        (tmp_path / os.fsdecode(name)).write_text(f"The ferry number {number} was built in Bremen.\n")
    added = quoth_process("add", str(tmp_path))
    assert added.code == 0, added
    listed = quoth_process("sources", cwd=tmp_path)
    assert sorted(listed.out.splitlines()) == ["[bold]x[blink].txt", "caf\\xe9.txt", "two␊lines.txt", "␛]0;title␇.txt"]
    sources = [source["source"] for source in quoth_process("sources", "--json").json["sources"]]
    assert sorted(map(os.fsencode, sources)) == sorted(bytes(tmp_path) + b"/" + name for name in names)
    asked = quoth_process("ask", "Where was the ferry built?")
    assert asked.code == 0, asked
    assert "\x1b" not in asked.out + asked.err
    assert quoth_process("remove", bytes(tmp_path / os.fsdecode(names[0]))).code == 0


def test_text_that_would_act_on_the_terminal_is_shown(quoth_process: Quoth, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "The ferry \x1b[31mAdelheid\x1b]52;c;aGk=\x07 was [red]built[/red] in Bremen \x9b2J.\n"
    )
    for command in (
        ["ask", "Where was the ferry Adelheid built?", str(tmp_path)],
        ["search", "ferry"],
    ):
        quoth_process("add", str(tmp_path))
        ran = quoth_process(*command, cwd=tmp_path)
        assert ran.code in (0, 3), ran
        assert "[red]built[/red]" in ran.out
        assert not {"\x1b", "\x07", "\x9b"} & set(ran.out + ran.err)


def test_a_narrow_locale_does_not_stop_it(quoth_process: Quoth, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The ferry 東京 was built in Zürich.\n")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    ran = quoth_process("ask", "Where was the ferry built?", str(tmp_path), env=environment)
    assert ran.code == 0, ran
    assert "Z\\xfcrich" in ran.out


def test_a_question_that_is_not_text(quoth_process: Quoth, sample_library: Path) -> None:
    assert quoth_process("ask", b"When did they meet in caf\xe9?", "--library", str(sample_library)).code in (0, 3)


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("quoth so", {"sources"}),
        ("quoth ask --exp", {"--explain"}),
        ("quoth config ", {"model"}),
        ("quoth config model --l", {"--library"}),
        ("quoth sources --library re", {"reports"}),
    ],
)
def test_the_shell_completes(line: str, completed: set[str], home: Path, sample_library: Path) -> None:
    named = home / "data/quoth/libraries"
    named.mkdir(parents=True)
    (named / "reports").symlink_to(sample_library, target_is_directory=True)
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1), "_TYPER_COMPLETE_ARGS": line}
    for shell in ("bash", "zsh", "fish"):
        variables = {"_QUOTH_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
        said = subprocess.check_output(COMMAND, env={**os.environ, **words, **variables}, text=True)
        found = re.findall(r'^"(.*?)"', said.partition("((")[2], re.MULTILINE) if shell == "zsh" else said.splitlines()
        assert {one.split("\t")[0] for one in found} == completed, said


def test_help_of_every_command(quoth_process: Quoth) -> None:
    ran = quoth_process("--help")
    assert ran.code == 0
    for command in [
        "chat",
        "add",
        "update",
        "watch",
        "ask",
        "search",
        "sources",
        "show",
        "remove",
        "rebuild",
        "doctor",
        "config",
        "libraries",
        "model",
    ]:
        assert f" {command} " in ran.out


def test_fetching_a_model_is_not_stopped_by_the_offline_switch(quoth_process: Quoth) -> None:
    # Port 9 of this machine refuses connections, which proves that one was tried.
    ran = quoth_process("model", "fetch", "some/model", env={**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9"})
    assert ran.code == 1
    assert "some/model could not be fetched" in ran.err
    assert "Connection refused" in ran.err


@pytest.mark.slow
def test_interrupting_add_keeps_what_was_finished(quoth_process: Quoth, tmp_path: Path, home: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(150):
        text = " ".join(f"Sentence {line} of note {number} is about the ferry {line * number}." for line in range(100))
        (folder / f"{number:03}.txt").write_text(text)
    catalog = home / "data" / "quoth" / "libraries" / "default" / "catalog.sqlite"
    with subprocess.Popen([*COMMAND, "add", "--json", str(folder)], stdout=subprocess.PIPE, text=True) as process:
        wait_for_documents(catalog, 5)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    report = json.loads(out)
    assert report["cancelled"] is True
    assert 5 <= len(report["added"]) < 150
    assert len(quoth_process("sources").out.splitlines()) == len(report["added"])
    again = quoth_process("add", "--json", str(folder)).json
    assert len(again["unchanged"]) == len(report["added"])
    assert len(again["added"]) + len(again["unchanged"]) == 150


def wait_for_documents(catalog: Path, number: int) -> None:
    """Wait until this many documents are in the catalog."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if catalog.exists():
            database = sqlite3.connect(f"{catalog.as_uri()}?mode=ro", uri=True)
            try:
                if database.execute("SELECT count(*) FROM sources").fetchone()[0] >= number:
                    return
            except sqlite3.OperationalError:
                pass  # it is being made
            finally:
                database.close()
        time.sleep(0.05)
    raise AssertionError("no document was indexed in a minute")
