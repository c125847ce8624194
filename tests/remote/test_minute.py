"""Many machines ask while one adds, and the server dies in between: errors say so, and nothing is lost or made up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa import Library
from tests.conftest import ROOT
from tests.remote.conftest import on
from tests.remote.servers import Chroma

SECONDS = 60.0
"""For which eight processes ask and one adds."""

READERS = 8
DOWN = ((0.25, 3.0), (0.6, 3.0))
"""When the server is killed, as a share of the time, and for how many seconds it stays down."""

SETTINGS = """
import json, os, random, sys, time
from pathlib import Path
from qa import Library, QuothError, StoreError, settings
folder, url, state = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
settings = settings.load(store={"url": url, "collection": "minute", "timeout": 20})
def known():
    return json.loads(state.read_text())
"""

READER = (
    SETTINGS
    + """
chance, asked, down, wrong, ready = random.Random(int(sys.argv[4])), 0, 0, [], False
with Library(folder, settings=settings) as library:
    while not (before := known())["over"]:
        number = chance.choice(sorted(before["there"]))
        try:
            answer = library.ask(f"When was the lighthouse of harbour {number} built?")
            texts = {one.source: library.text(one.source) for one in answer.citations}
        except StoreError as error:
            down += 1
            if "\\n" in str(error) or url not in str(error):
                wrong.append(["unclear", str(error)])
            time.sleep(0.2)
            continue
        except QuothError as error:
            if number in known()["there"]:
                wrong.append([type(error).__name__, str(error)])
            continue
        asked += 1
        after = known()
        if not ready:
            ready = True
            print("ready", flush=True)
        years = {*before["there"][number], *after["there"].get(number, [])}
        quotes = [one.quote for one in answer.citations if f"harbour {number} " in one.quote]
        if not any(f"in {year} " in quote for quote in quotes for year in years) and number in after["there"]:
            wrong.append(["not found", number, sorted(years), quotes])
        for one in answer.citations:
            if texts[one.source][one.start : one.end] != one.quote and before["changes"] == after["changes"]:
                wrong.append(["misquoted", one.source, one.quote])
            if Path(one.source).stem in before["gone"]:
                wrong.append(["removed", one.source])
        time.sleep(0.05)
print(json.dumps([asked, down, wrong]))
"""
)

WRITER = (
    SETTINGS
    + """
notes, told = Path(sys.argv[4]), {"there": {}, "gone": [], "changes": 0, "over": False}
def tell(**facts):
    told.update(facts)
    part = state.with_suffix(".part")
    part.write_text(json.dumps(told))
    part.replace(state)
def write(number, year):
    (notes / f"{number}.txt").write_text(
        f"The lighthouse of harbour {number} was built in {year} by the engineer Clara Voss.\\n"
    )
def persist(work):
    global down
    while True:
        try:
            return work()
        except StoreError:
            down += 1
            time.sleep(0.3)
there, down, number, done = {}, 0, 0, 0
with Library(folder, settings=settings) as library:
    while not done or time.monotonic() < ends:
        number, done = number + 1, done + 1
        write(number, 1700 + number)
        persist(lambda: library.add(notes))
        there[str(number)] = [1700 + number]
        tell(there=there)
        if done == 5:
            print("ready", flush=True)
            ends = time.monotonic() + float(sys.stdin.readline())
        elif done < 5:
            ends = time.monotonic() + 60
        if number % 4 == 0:  # another year
            old = str(number - 2)
            year = there[old][0] + 100
            there[old] = [there[old][0], year]
            tell(there=there, changes=told["changes"] + 1)
            write(old, year)
            persist(library.update)
            there[old] = [year]
            tell(there=there, changes=told["changes"] + 1)
        if number % 5 == 0:
            old = str(number - 4)
            del there[old]
            tell(there=there)
            path = notes / f"{old}.txt"
            def remove():
                if str(path) in library._parts.filled().stored_sources():
                    library.remove(path)
                else:
                    library.update()
            persist(remove)
            path.unlink()
            tell(gone=[*told["gone"], old])
tell(over=True)
print(json.dumps([done, down]))
"""
)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_eight_machines_ask_while_one_adds_and_the_server_is_killed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    server, state, notes = Chroma(tmp_path / "chroma"), tmp_path / "state.json", tmp_path / "notes"
    notes.mkdir()
    server.start()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    started: list[subprocess.Popen[str]] = []

    def start(program: str, folder: str, *more: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", program, str(tmp_path / folder / "library"), server.url, str(state), *more]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment))
        return started[-1]

    def line(process: subprocess.Popen[str]) -> str:
        assert process.stdout
        return process.stdout.readline()

    kills = 0
    try:
        writer = start(WRITER, "writer", str(notes))
        assert line(writer) == "ready\n"
        readers = [start(READER, f"reader-{number}", str(number)) for number in range(READERS)]
        for reader in readers:
            assert line(reader) == "ready\n"
        assert writer.stdin
        writer.stdin.write(f"{SECONDS}\n")
        writer.stdin.flush()
        began = time.monotonic()
        for share, seconds in DOWN:
            time.sleep(max(0.0, began + share * SECONDS - time.monotonic()))
            server.kill()
            kills += 1
            time.sleep(seconds)
            server.start()
        added, failed = json.loads(line(writer))
        found = [json.loads(line(reader)) for reader in readers]
        wrong = [one for _, _, each in found for one in each]
        assert wrong == []
        assert added > 5
        assert failed > 0
        assert all(asked > 0 and down > 0 for asked, down, _ in found)
        # Whatever was reported is there, for a machine that has never asked before.
        known = json.loads(state.read_text())["there"]
        lost = []
        with Library(tmp_path / "new" / "library", settings=on(server.url, "minute")) as library:
            assert sorted(Path(one.source).stem for one in library.sources()) == sorted(known)
            for number, [year] in known.items():
                quotes = library.ask(f"When was the lighthouse of harbour {number} built?").citations
                if not any(f"harbour {number} was built in {year} " in one.quote for one in quotes):
                    lost.append(number)
        assert lost == []
        with Library(tmp_path / "writer" / "library", settings=on(server.url, "minute")) as library:
            assert library.doctor(deep=True).findings == ()
        record_property("kills survived", kills)
        record_property("documents lost", len(lost))
        record_property("wrong answers after a fault", len(wrong))
        record_property("answers from a Chroma server, eight processes", sum(asked for asked, _, _ in found))
        record_property("questions that said the server is down", sum(down for _, down, _ in found))
    finally:
        for process in started:
            process.kill()
            process.communicate()
        server.kill()
