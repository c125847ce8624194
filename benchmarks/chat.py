"""The chat in a pseudo-terminal: how soon it is there, how soon keys show, what memory it takes.

    python benchmarks/chat.py [--runs 10] [--json FILE] [--only paint echo large memory]

First paint is from the start of the process until a key that is typed into the prompt shows, in turn with a Textual app
of a header, an input and a footer. An echo is from the writing of a key to its letter in the terminal's output; keys
are typed on without waiting for it, and every one is another letter that stands nowhere else. The compiled model is
there before.

"large": a library of 10,000 documents, the table of which is filtered by what is typed; in the same library a
conversation of 2,000 turns, which is opened, and in which an answer streams in at 200 tokens a second.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import large
from terminal import Terminal, descendants, memory_of, opened

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"

PROMPT = "sk about your documents"
"""The placeholder without its first letter, which stands under the cursor."""

BARE = f"""
from textual.app import App
from textual.widgets import Footer, Header, Input
class Bare(App):
    def compose(self):
        yield Header()
        yield Input(placeholder="A{PROMPT}")
        yield Footer()
Bare().run()
"""

LETTERS = [chr(code) for code in (*range(0x410, 0x450), *range(0x391, 0x3A2), *range(0x3B1, 0x3CA))]
KEYS = 100
PAUSES = 0.030, 0.120
"""Seconds between two keys, least and most."""

ASKED = 50.0
"""Milliseconds within which 95 of 100 keys should show."""

PARTS = ("paint", "echo", "large", "memory")

QUESTIONS = (
    "When did Donald Trump and Kim Jong Un first meet?",
    "Where did they meet the second time?",
    "Who was Otto Warmbier?",
    "What was signed in Singapore?",
    "Why did the summit in Hanoi end early?",
    "How did Kim Jong Un travel to Hanoi?",
    "Which envoys negotiated before the summits?",
    "Are my files ever modified?",
    "What happened in Panmunjom in 2019?",
    "What does the ferry Adelheid cost?",
)


def chat(library: Path, *arguments: str) -> list[str]:
    """The command that opens the chat."""
    return [sys.executable, "-m", "qa", "chat", *arguments, "--library", str(library)]


def first_paint(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds until the prompt is drawn, and until it has shown a key."""
    with opened(command, environment) as terminal:
        drawn = terminal.wait_for(PROMPT)
        terminal.press(LETTERS[0])
        return drawn, terminal.wait_for(LETTERS[0])


def paint(library: Path, environment: dict[str, str], runs: int) -> dict[str, float]:
    """First paint of the chat and of the bare app, in turn, after one uncounted run of each."""
    ours, theirs = chat(library), [sys.executable, "-c", BARE]
    pairs = [(first_paint(ours, environment), first_paint(theirs, environment)) for _ in range(runs + 1)][1:]
    ratios = sorted(quoth[1] / bare[1] for quoth, bare in pairs)
    row = {
        "quoth_drawn_seconds": statistics.median(quoth[0] for quoth, _ in pairs),
        "bare_drawn_seconds": statistics.median(bare[0] for _, bare in pairs),
        "quoth_seconds": statistics.median(quoth[1] for quoth, _ in pairs),
        "bare_seconds": statistics.median(bare[1] for _, bare in pairs),
        "ratio": statistics.median(ratios),
        "ratio_least": ratios[0],
        "ratio_most": ratios[-1],
    }
    print(
        f"first paint    quoth {row['quoth_seconds']:.2f} s (drawn {row['quoth_drawn_seconds']:.2f})  "
        f"bare app {row['bare_seconds']:.2f} s (drawn {row['bare_drawn_seconds']:.2f})  "
        f"{row['ratio']:.2f} times ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        flush=True,
    )
    return row


def echo(name: str, times: list[float]) -> dict[str, float]:
    """How soon keys showed."""
    ordered = sorted(times)
    row = {
        "keys": float(len(times)),
        "within_percent": 100 * sum(one <= ASKED for one in times) / len(times),
        "ms_median": statistics.median(times),
        "ms_p95": ordered[round(0.95 * (len(ordered) - 1))],
        "ms_most": ordered[-1],
    }
    print(
        f"echo {name:9} {row['within_percent']:.1f} of 100 within {ASKED:.0f} ms ({len(times)} keys)  "
        f"median {row['ms_median']:.1f} ms  p95 {row['ms_p95']:.1f} ms  most {row['ms_most']:.1f} ms",
        flush=True,
    )
    return row


def type_on(terminal: Terminal, ended: str | None = None) -> list[float]:
    """Type the letters, one after the other, without waiting for them; milliseconds until each shows.

    ended: what in the output ends the typing.
    """
    written: dict[str, float] = {}
    shown: dict[str, float] = {}
    pauses = random.Random(1)  # noqa: S311 (not for secrets)
    letters, at, due, over = iter(LETTERS[:KEYS]), len(terminal.output), time.perf_counter(), False
    while not over or len(shown) < len(written):
        if terminal.read(0.5 if over else due - time.perf_counter()):
            now, fresh = time.perf_counter(), bytes(terminal.output[max(at - 64, 0) :])
            at = len(terminal.output)
            shown |= {key: now for key in written if key not in shown and key.encode() in fresh}
            over = over or (ended is not None and ended.encode() in fresh)
        if not over and time.perf_counter() >= due:
            key = next(letters, None)
            over = key is None
            if key is not None:
                written[key] = time.perf_counter()
                terminal.press(key)
                due = written[key] + pauses.uniform(*PAUSES)
        if written and time.perf_counter() - max(written.values()) > 30:
            raise SystemExit(f"{len(written) - len(shown)} keys never showed")
    return [1000 * (shown[key] - written[key]) for key in written]


def echo_loading(library: Path, environment: dict[str, str]) -> list[float]:
    """Keys from the first paint until the starting questions show: as many starts as it takes for the keys."""
    times: list[float] = []
    while len(times) < KEYS:
        with opened(chat(library), environment) as terminal:
            terminal.wait_for(PROMPT)
            times += type_on(terminal, ended="begin with one of these")
    return times


def echo_indexing(folder: Path, library: Path, environment: dict[str, str]) -> list[float]:
    """Keys from the first paint of a chat that was given a folder, while it is being added."""
    with opened(chat(library, str(folder)), environment) as terminal:
        terminal.wait_for(PROMPT)
        times = type_on(terminal, ended="Added ")
        terminal.wait_for("Added ")
        return times


def echo_idle(library: Path, environment: dict[str, str]) -> list[float]:
    """Keys once everything is loaded."""
    with opened(chat(library), environment) as terminal:
        terminal.wait_for("begin with one of these")
        time.sleep(1)
        return type_on(terminal)


def echo_table(library: Path, environment: dict[str, str]) -> list[float]:
    """Keys in the filter of the documents' table; all rows but the corpus fit them, so all are sorted and drawn."""
    with opened(chat(library), environment) as terminal:
        wait_for_documents(terminal)
        terminal.press("\x1bOS")  # F4
        terminal.wait_for("to filter by name")
        terminal.wait_for("indexed")  # the state of the files on disk
        terminal.press("/")
        settle(terminal, 1)
        return type_on(terminal)


def echo_turns(library: Path, environment: dict[str, str]) -> list[float]:
    """Keys from the moment on at which a conversation of 2,000 turns is opened."""
    with opened(chat(library), environment) as terminal:
        wait_for_documents(terminal)
        open_talk(terminal)
        return type_on(terminal)


def echo_streaming(library: Path, environment: dict[str, str]) -> list[float]:
    """Keys while an answer streams into that conversation at 200 tokens a second; for 8 s, in which 100 are typed."""
    with large.serving(200, 4000) as url, opened(chat(library), environment | {"QUOTH_ANSWER__MODEL": url}) as terminal:
        wait_for_documents(terminal)
        open_talk(terminal)
        settle(terminal, 5)
        terminal.press(f"{QUESTIONS[0]}\r")
        terminal.wait_for(large.FIRST_WORD)
        return type_on(terminal)


def wait_for_documents(terminal: Terminal) -> None:
    """Wait until a large library, which has no questions to begin with, is there, and the engine is loaded."""
    terminal.wait_for(f"{large.DOCUMENTS:,} documents")
    settle(terminal, 5)


def open_talk(terminal: Terminal) -> None:
    """Open the newest conversation, and have the prompt again, without waiting for it."""
    terminal.press("\x1bOQ")  # F2
    terminal.wait_for("rename")
    settle(terminal, 1)
    terminal.press("\r")


def settle(terminal: Terminal, seconds: float) -> None:
    """Let it come to rest."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        terminal.read(0.1)


def memory(library: Path, environment: dict[str, str]) -> dict[str, float]:
    """Resident memory, in MB, of a chat that was opened with the sample corpus and has answered ten questions."""
    from qa import Library

    with opened(chat(library, str(CORPUS)), environment) as terminal, Library(library) as beside:
        terminal.wait_for("begin with one of these")
        for number, question in enumerate(QUESTIONS, 1):
            terminal.press(question)
            terminal.press("\r")
            kept = beside.conversations()
            while not (kept.list() and [t.status != "asked" for t in kept.turns(kept.list()[0].id)] == [True] * number):
                terminal.read(0.1)
        settle(terminal, 2)
        row = {
            "quoth_mb": memory_of(terminal.process.pid),
            "quoth_peak_mb": memory_of(terminal.process.pid, "VmHWM"),
            "children_mb": sum(memory_of(child) for child in descendants(terminal.process.pid)),
        }
    print(
        f"memory         {row['quoth_mb']:.0f} MB after ten questions (peak {row['quoth_peak_mb']:.0f} MB), "
        f"its children {row['children_mb']:.0f} MB",
        flush=True,
    )
    return row


def write_folder(folder: Path, files: int = 200) -> None:
    """Mixed files of made-up text: notes, Markdown, web pages and tables."""
    chance = random.Random(7)  # noqa: S311 (not for secrets)
    things = ("harbour", "ledger", "bridge", "orchard", "signal", "kiln", "archive", "ferry", "turbine", "quarry")
    doings = ("opened", "repaired", "measured", "painted", "lost", "described", "moved", "closed", "counted")
    places = ("Norrheim", "Castelo", "Bright-Fen", "Tamsk", "Olverna", "Quillfield", "Sandvoort", "Merrow")

    def sentence() -> str:
        thing, other = chance.sample(things, 2)
        return (
            f"In {chance.randint(1850, 2020)} the {thing} of {chance.choice(places)} was {chance.choice(doings)} "
            f"by {chance.randint(2, 90)} people, who wrote that the {other} had cost {chance.randint(10, 9999)} crowns."
        )

    def paragraphs() -> list[str]:
        return [" ".join(sentence() for _ in range(5)) for _ in range(chance.randint(3, 15))]

    kinds: dict[str, Callable[[], str]] = {
        "txt": lambda: "\n\n".join(paragraphs()),
        "md": lambda: "\n\n".join(f"## {chance.choice(places)}\n\n{paragraph}" for paragraph in paragraphs()),
        "html": lambda: f"<html><body>{''.join(f'<p>{paragraph}</p>' for paragraph in paragraphs())}</body></html>",
        "csv": lambda: "place,remark\n" + "\n".join(f'{chance.choice(places)},"{sentence()}"' for _ in range(40)),
    }
    folder.mkdir()
    for number in range(files):
        kind = list(kinds)[number % len(kinds)]
        (folder / f"note-{number:03}.{kind}").write_text(kinds[kind](), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        foreign = ("QUOTH_", "TEXTUAL", "NO_COLOR", "COLUMNS", "LINES")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        # Settings and libraries of its own; the cache, with the compiled model in it, is the user's.
        environment |= {f"XDG_{kind}_HOME": str(work / kind) for kind in ("CONFIG", "DATA", "STATE")}
        library, folder = work / "library", work / "folder"
        adding = [sys.executable, "-m", "qa", "add", str(CORPUS), "--library", str(library)]
        subprocess.run(adding, env=environment, check=True, capture_output=True)
        write_folder(folder)
        figures: dict[str, dict[str, float]] = {}
        if "paint" in options.only:
            figures["first paint"] = paint(library, environment, options.runs)
        if "echo" in options.only:
            figures["echo loading"] = echo("loading", echo_loading(library, environment))
            figures["echo indexing"] = echo("indexing", echo_indexing(folder, work / "indexed", environment))
            figures["echo idle"] = echo("idle", echo_idle(library, environment))
        if "large" in options.only:
            large.add_documents(library, work / "minutes", "".join(LETTERS[:KEYS]))
            large.talk_long(library, QUESTIONS, "The long talk")
            figures["echo table"] = echo("table", echo_table(library, environment))
            figures["echo turns"] = echo("turns", echo_turns(library, environment))
            figures["echo streaming"] = echo("streaming", echo_streaming(library, environment))
        if "memory" in options.only:
            figures["memory"] = memory(work / "asked", environment)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
