"""What documents, names, settings and errors hold reaches a terminal as text alone: every byte written is looked at."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Library
from qa.settings import config_file
from tests.conftest import Quoth
from tests.faults.inputs import Record, tell
from tests.raw_terminal import RawTerminal

SEQUENCES = {
    "OSC 52": "\x1b]52;c;UVVPVEg=\x07",
    "OSC 8": "\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\",
    "OSC 2": "\x1b]2;owned\x07",
    "CSI": "\x1b[2J\x1b[5;7m\x1b[8;1H",
    "DCS": "\x1bP$q q\x1b\\",
    "C1": "\x9b5;7m \x9d52;c;UVVPVEg=\x9c \x90q\x9c",
    "bidi": "\u202egnp\u2066x\u2069\u200f",
    "carriage return and backspace": "a\rb\x08\x0b\x0c",
    "markup": "[@click=app.quit]q[/] x [/] y [b]z[/b] [link=file:///etc]l[/link] :warning: \\[z",
}
HOSTILE = " ".join(SEQUENCES.values())
LINE = HOSTILE.replace("\x0b", "").replace("\x0c", "")
NAME = HOSTILE.replace("/", "-").replace("\x9d52;c;UVVPVEg=\x9c ", "")[:170]

OURS = re.compile(
    r"\x1b\[[0-9;]*m"  # colours
    r"|\x1b\[\?25[lh]|\x1b\[2K|\x1b\[1A"  # the progress bar: the cursor, and its own line drawn anew
)
OBEYED = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What is left of what a terminal would obey, without the line ends."""

COMMANDS = """
import os, sys
from qa.cli import main
for arguments, wanted in {commands!r}:
    sys.stdout.write("\\n>>> " + ascii(arguments) + "\\n")
    sys.stdout.flush()
    code = main(arguments)
    assert code == wanted, (arguments, code)
"""


def obeyed(raw: bytes) -> list[str]:
    """What a terminal would have obeyed of this, but for what the command itself draws with."""
    text = OURS.sub("", raw.decode("utf-8"))
    assert "\x1b[5;7m" not in raw.decode()  # a document's colours are none of ours
    return OBEYED.findall(text)


def run(*commands: tuple[list[str], int]) -> bytes:
    """What these commands of quoth write to a terminal; each with the exit code that it must have."""
    terminal = RawTerminal(COMMANDS.format(commands=commands), columns=100)
    try:
        ended = terminal.wait()
        assert ended == 0, terminal.raw[-3000:].decode()
        return terminal.raw
    finally:
        terminal.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents that are hostile in name, headings and text, and one that is left out."""
    folder = tmp_path / f"[b] \x1b[5;7m \u202e {SEQUENCES['OSC 52']}"
    folder.mkdir()
    zebras = "The zebras that live in Quothville are 4711 in number"
    (folder / f"{NAME}.md").write_text(f"# {LINE}\n\n{zebras} {LINE}\n\n{HOSTILE}\n")
    (folder / f"left {NAME}.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "page.html").write_text(
        f"<title>{LINE}</title><h1>{LINE}</h1><p>The lions of Quothville are 815 in number {LINE}</p>"
    )
    return folder


def test_no_command_lets_anything_act_on_the_terminal(folder: Path, tmp_path: Path, record_property: Record) -> None:
    document = str(folder / f"{NAME}.md")
    library = ["--library", str(tmp_path / f"library {SEQUENCES['CSI']}{SEQUENCES['C1']}")]
    raw = run(
        (["add", str(folder), *library], 4),
        (["ask", "How many zebras live in Quothville?", *library], 0),
        (["ask", f"How many zebras live in Quothville? {HOSTILE}"[:300], *library], 0),
        (["ask", "Which team won the world championship in chess in 1850?", *library], 3),
        (["search", "lions of Quothville", *library], 0),
        (["sources", *library], 0),
        (["show", document, *library], 0),
        (["config", *library], 0),
        (["remove", str(folder / "page.html"), *library], 0),
        (["add", document, "--library", f"named {NAME}"[:200]], 0),
        (["libraries"], 0),
    )
    assert obeyed(raw) == []
    text = raw.decode()
    for shown in ("␛]52;c;", "␛]8;;", "␛[2J", "␛P$q", "\\x9b5;7m", "\\u202egnp", "[@click=app.quit]", "4711", "815"):
        assert shown in text
    for what in SEQUENCES:
        tell(record_property, f"{what} in text, headings and names, at the command line", "shown as text")


def test_no_error_or_setting_acts_on_the_terminal(tmp_path: Path, record_property: Record) -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text(
        f"library = {json.dumps(LINE)}\n[answer]\nmodel = {json.dumps(LINE)}\n[chat.keys]\n{json.dumps(LINE)} = 'x'\n"
    )
    raw = run(
        (["config"], 0),
        (["add", str(tmp_path / LINE)], 1),
        (["show", LINE], 1),
        (["remove", LINE], 1),
        (["sources", "--library", LINE], 1),
        ([LINE], 2),
        (["search", "x", "-k", LINE], 2),
        (["libraries", "delete", LINE], 1),
        (["libraries"], 0),
    )
    assert obeyed(raw) == []
    config_file().write_text(f"{json.dumps(LINE)} = 3\n[answer]\nthreshold = {json.dumps(LINE)}\n")
    raw += run((["sources"], 1), (["ask", "When?"], 1))
    config_file().write_text(f"library = '''{LINE}")
    raw += run((["sources"], 1))
    assert obeyed(raw) == []
    text = raw.decode()
    assert text.count("quoth: ") == 10
    for shown in ("␛]52;c;", "\\x9b5;7m", "\\u202egnp", "[@click=app.quit]"):
        assert shown in text
    for what in SEQUENCES:
        tell(record_property, f"{what} in settings and errors, at the command line", "shown as text")


def test_show_gives_a_pipe_the_text_itself_and_a_terminal_what_is_harmless(
    quoth_process: Quoth, folder: Path, tmp_path: Path
) -> None:
    document = folder / f"{NAME}.md"
    assert quoth_process("add", str(document)).code == 0
    piped = tmp_path / "piped"
    with piped.open("wb") as file:
        subprocess.run([sys.executable, "-m", "qa", "show", str(document)], stdout=file, check=True)
    assert piped.read_bytes() == document.read_bytes()
    raw = run((["show", str(document)], 0))
    assert obeyed(raw) == []
    assert "␛]52;c;UVVPVEg=␇" in raw.decode()


@pytest.fixture
def chat(folder: Path, tmp_path: Path) -> Iterator[RawTerminal]:
    """The chat over them, with conversations and keys that are hostile too."""
    home = tmp_path / f"library {SEQUENCES['CSI']}"
    with Library(home) as library:
        library.add([folder])
        conversations = library.conversations()
        for title in (LINE, SEQUENCES["OSC 52"], "[@click=app.quit]q[/]"):
            made = conversations.create(title=title)
            conversations.ask(made.id, f"What is {LINE}?")
    (home / "quoth.toml").write_text(f"[chat.keys]\n{json.dumps(LINE)} = {json.dumps(LINE)}\n")
    program = f"import sys; from tui.app import run; sys.exit(run({os.fspath(home)!r}, [{os.fspath(folder)!r}]))"
    terminal = RawTerminal(program)
    yield terminal
    terminal.close()


@pytest.mark.slow
def test_no_title_setting_or_failure_acts_on_the_terminal_in_the_chat(
    chat: RawTerminal, record_property: Record
) -> None:
    chat.wait_for("chat.keys in")
    called = "\x1b]2;␛]52;c;".encode()  # the terminal is called after the conversation
    for _ in range(30):  # the list of conversations may not be there yet
        chat.click(10, 5)  # the last in it
        if chat.writes(called, 3):
            break
    assert called in chat.raw
    chat.press(b"\x1bOS")  # F4: the documents
    chat.wait_for("Left out")
    chat.press(b"f")
    chat.wait_for("Copy the reason")
    chat.press(b"\x1b")
    chat.wait_for("Mark")
    for _ in range(2):  # a notice goes first, if it is still there
        chat.press(b"\x1b")
        time.sleep(0.5)  # else the terminal's two Escs are one key
    chat.wait_for("sk about your documents")
    chat.press(b"\x10")  # Ctrl+P: whoever answers is still there
    chat.wait_for("Search for commands")
    chat.press(b"\x1b")
    chat.wait_for("sk about your documents")
    chat.press(b"\x11")
    assert chat.wait() == 0
    written = chat.raw.decode("utf-8")
    titles = re.findall(r"\x1b\]2;([^\x1b\x07]*)\x07", written)
    assert titles
    assert not any(OBEYED.search(title) for title in titles)
    foreign = (
        r"\x1b\](?!2;|22;)|\x1b\]2;owned|\x1b\[2J|\x1b\[5;7m|\x1bP\$|[\x80-\x9f]|[\u202a-\u202e\u2066-\u2069\u200f]"
    )
    assert re.findall(foreign, written) == []
    for what in SEQUENCES:
        tell(record_property, f"{what} in titles, settings and failures, in the chat", "shown as text")
