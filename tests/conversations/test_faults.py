"""Threads, processes that die, and files that are not what they should be."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import threading
from pathlib import Path

import pytest

from qa import Conversations
from qa.errors import LibraryDamaged, LibraryError, LibraryMismatch
from tests.conversations.conftest import FILE, NOT_FOUND, answered, run


def test_several_threads_ask_at_once(kept: Conversations) -> None:
    begun = kept.create()
    failed: list[BaseException] = []

    def talk(name: int) -> None:
        try:
            for number in range(10):
                kept.finish(kept.ask(begun.id, f"{name} {number}?").id, answered(f"{name} {number}"))
                kept.search("1")
                kept.list()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=talk, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    turns = kept.turns(begun.id)
    assert len(turns) == 40
    assert all(turn.answer and turn.question == f"{turn.answer.text}?" for turn in turns)


def test_several_processes_begin_at_once(kept: Conversations, folder: Path) -> None:
    program = "begun = kept.create()\nfor n in range(25): kept.ask(begun.id, 'lighthouse?')"
    results: list[subprocess.CompletedProcess[str]] = []
    threads = [threading.Thread(target=lambda: results.append(run(folder, program))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.stderr for result in results] == [""] * 4
    assert [conversation.turns for conversation in kept.list()] == [25] * 4
    assert len(kept.search("lighthouse", limit=1000)) == 100


def test_a_killed_chat_loses_no_question(kept: Conversations, folder: Path) -> None:
    died = run(folder, "kept.ask(kept.create().id, 'When was it built?'); os.kill(os.getpid(), 9)")
    assert died.returncode == -9
    [conversation] = kept.list()
    [turn] = kept.turns(conversation.id)
    assert (turn.question, turn.status) == ("When was it built?", "asked")
    own = kept.ask(conversation.id, "And by whom?")
    kept.interrupted()
    assert [turn.status for turn in kept.turns(conversation.id)] == ["cancelled", "asked"]
    assert kept.finish(turn.id, answered()).status == "answered"
    assert kept.cancel(own.id).status == "cancelled"


def test_a_killed_chat_leaves_the_earlier_answer(kept: Conversations, folder: Path) -> None:
    turn = kept.finish(kept.ask(kept.create().id, "one?").id, NOT_FOUND)
    run(folder, f"kept.ask_again({turn.id}); os.kill(os.getpid(), 9)")
    kept.interrupted()
    assert kept.turns(turn.conversation) == [turn]


def test_a_chat_that_runs_is_not_interrupted(kept: Conversations, folder: Path) -> None:
    turn = kept.ask(kept.create().id, "When was it built?")
    assert run(folder, "kept.interrupted()").returncode == 0
    assert kept.turns(turn.conversation) == [turn]


def test_a_chat_that_had_our_number_has_ended(kept: Conversations, folder: Path) -> None:
    turn = kept.ask(kept.create().id, "When was it built?")
    with sqlite3.connect(folder / FILE) as connection:  # as it is when a container starts again
        connection.execute("UPDATE turns SET began = began - 86400")
    connection.close()
    kept.interrupted()
    assert kept.turns(turn.conversation)[0].status == "cancelled"


def test_a_file_of_a_newer_version_is_left_untouched(kept: Conversations, folder: Path) -> None:
    kept.create("x")
    kept.close()
    connection = sqlite3.connect(folder / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (folder / FILE).read_bytes()
    for call in (kept.list, kept.create, kept.interrupted):
        with pytest.raises(LibraryMismatch, match="newer version"):
            call()
    assert (folder / FILE).read_bytes() == before


@pytest.mark.parametrize("damage", ["head", "pages", "text", "other", "answer", "fields", "where"])
def test_a_damaged_file_is_named(kept: Conversations, folder: Path, damage: str) -> None:
    begun = kept.create(where=["*.md"])
    for _ in range(20):
        kept.finish(kept.ask(begun.id, "why?").id, answered("because " * 100))
    kept.close()
    file = folder / FILE
    data = file.read_bytes()
    if damage == "head":
        file.write_bytes(b"\xa5" * 100 + data[100:])
    elif damage == "pages":
        file.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))
    elif damage == "text":
        file.write_text("Dear diary")
    elif damage == "other":
        file.unlink()
        sqlite3.connect(file).execute("CREATE TABLE mine (x)").connection.close()
    else:
        written_over = {
            "answer": (b'"schema": 1', b'"schema": \xff'),
            "fields": (b'"text"', b'"tent"'),
            "where": (b"*.md", b'*"md'),
        }
        file.write_bytes(data.replace(*written_over[damage]))
    with pytest.raises(LibraryDamaged) as caught:
        kept.turns(begun.id)
    assert str(file) in str(caught.value)
    assert re.search("move it away to start anew", str(caught.value), re.IGNORECASE)
    assert "\n" not in str(caught.value)
    kept.close()
    file.unlink()
    assert kept.list() == []
    assert kept.create("anew").title == "anew"


def test_an_empty_file_is_one_without_conversations(kept: Conversations, folder: Path) -> None:
    folder.mkdir()
    (folder / FILE).touch()  # its maker was killed
    assert kept.list() == []
    assert kept.ask(kept.create().id, "why?").id == 1


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(LibraryError, match="cannot be used now"):
        Conversations(tmp_path / "file" / "library").create()
