"""The conversations of a library: what is kept, found, and gone."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import Answer, Citation, Conversations, Library
from qa.errors import ConversationNotFound, InputError, LibraryDamaged, LibraryError, LibraryMismatch
from qa.places import delete

FILE = "conversations.sqlite"


def answered(text: str = "It was built in 1871 [1].", quote: str = "It was built in 1871.") -> Answer:
    cited = Citation(1, quote, "/docs/lighthouse.md", None, "History", 3, 10, 10 + len(quote), "0" * 64, True)
    return Answer("q", "q", text, "answered", 0.9, (cited,))


NOT_FOUND = Answer("q", "q", "The documents do not answer this.", "not_found", 0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def kept(folder: Path) -> Iterator[Conversations]:
    found = Conversations(folder)
    yield found
    found.close()


def run(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Another process that uses the same conversations, as `kept`."""
    begin = "import os, sys, pathlib, qa; kept = qa.Conversations(pathlib.Path(sys.argv[1]))"
    return subprocess.run(
        [sys.executable, "-c", f"{begin}\n{program}", str(folder)], capture_output=True, text=True, timeout=60
    )


def test_looking_writes_nothing(kept: Conversations, folder: Path) -> None:
    assert kept.list() == kept.questions() == kept.search("lighthouse") == []
    kept.interrupted()
    for call in (lambda: kept.get(1), lambda: kept.ask(1, "why?"), lambda: kept.rename(1, "x"), lambda: kept.turns(1)):
        with pytest.raises(ConversationNotFound):
            call()
    assert not folder.exists()


def test_a_conversation_from_question_to_answer(kept: Conversations, folder: Path) -> None:
    begun = kept.create(where=["*.md"])
    asked = kept.ask(begun.id, "When was the\n lighthouse built?")
    assert (asked.status, asked.answer, asked.where) == ("asked", None, ("*.md",))
    found = kept.finish(asked.id, answered())
    assert (found.status, found.answer) == ("answered", answered())
    other = kept.ask(begun.id, "And who painted it?", where=["/docs/a.txt"])
    assert other.where == ("/docs/a.txt",)
    assert kept.finish(other.id, NOT_FOUND).status == "not_found"
    kept.close()
    again = Conversations(folder)
    assert again.turns(begun.id) == [found, kept.turns(begun.id)[1]]
    [stored] = again.list()
    assert stored == again.get(begun.id)
    assert (stored.title, stored.turns, stored.where) == ("When was the lighthouse built?", 2, ("*.md",))
    assert stored.created == begun.created < stored.updated
    again.close()


def test_only_the_owner_can_read_it(kept: Conversations, folder: Path) -> None:
    before = os.umask(0)
    try:
        kept.ask(kept.create().id, "why?")
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_titles(kept: Conversations) -> None:
    given_one, without = kept.create(" My \n notes "), kept.create()
    kept.ask(given_one.id, "why?")
    kept.ask(without.id, "Is there anything in these documents that says when the lighthouse was built?")
    kept.ask(without.id, "And by whom?")
    assert kept.get(given_one.id).title == "My notes"
    assert kept.get(without.id).title == "Is there anything in these documents that says when the…"
    kept.rename(without.id, "My\tnotes")
    assert {conversation.title for conversation in kept.list()} == {"My notes"}
    kept.rename(without.id, "word " * 100)
    assert len(kept.get(without.id).title) <= 200
    kept.ask(unbroken := kept.create().id, "x" * 500)
    assert len(kept.get(unbroken).title) == 60
    for empty in ("", " \n\t"):
        with pytest.raises(InputError):
            kept.rename(without.id, empty)


def test_the_last_one_asked_or_answered_comes_first(kept: Conversations) -> None:
    first, second, third = (kept.create(title) for title in ("first", "second", "third"))
    turn = kept.ask(first.id, "why?")
    kept.ask(second.id, "why?")
    assert [c.title for c in kept.list()] == ["second", "first", "third"]
    kept.finish(turn.id, answered())
    kept.rename(third.id, "renamed")
    assert [c.title for c in kept.list()] == ["first", "second", "renamed"]


def test_the_limit_is_that_of_the_questions_to_come(kept: Conversations) -> None:
    begun = kept.create()
    kept.ask(begun.id, "one?")
    kept.limit(begun.id, ["/docs/ä b.txt", "*.md", os.fsdecode(b"/docs/\xff.txt")])
    kept.ask(begun.id, "two?")
    kept.ask(begun.id, "three?", where=())
    kept.limit(begun.id, [])
    kept.ask(begun.id, "four?")
    limits = [turn.where for turn in kept.turns(begun.id)]
    assert limits == [(), ("/docs/ä b.txt", "*.md", "/docs/\udcff.txt"), (), ()]


@pytest.mark.parametrize("question", ["", "  \n", "a\0b", "x" * 10_001])
def test_what_cannot_be_asked_is_not_kept(kept: Conversations, question: str) -> None:
    begun = kept.create()
    with pytest.raises(InputError):
        kept.ask(begun.id, question)
    assert kept.get(begun.id) == begun


def test_failing_and_cancelling(kept: Conversations) -> None:
    begun = kept.create()
    failed = kept.fail(kept.ask(begun.id, "one?").id, "the model\ndoes not answer \ud800")
    assert (failed.status, failed.error) == ("failed", "the model\ndoes not answer ?")
    cancelled = kept.cancel(kept.ask(begun.id, "two?").id)
    assert (cancelled.status, cancelled.error) == ("cancelled", None)
    assert kept.fail(cancelled.id, "interrupted") == cancelled  # it comes too late
    assert kept.cancel(failed.id) == failed
    again = kept.ask_again(failed.id)
    assert (again.status, again.error, again.asked) == ("asked", None, failed.asked)
    assert kept.finish(failed.id, answered()).status == "answered"


def test_an_answer_stays_until_there_is_another(kept: Conversations) -> None:
    begun = kept.create()
    turn = kept.finish(kept.ask(begun.id, "one?").id, NOT_FOUND)
    assert kept.ask_again(turn.id).answer == NOT_FOUND
    kept.fail(turn.id, "no route to the model")
    assert (kept.turns(begun.id)[0].status, kept.turns(begun.id)[0].answer) == ("not_found", NOT_FOUND)
    kept.ask_again(turn.id)
    assert kept.cancel(turn.id) == turn
    kept.ask_again(turn.id)
    assert kept.finish(turn.id, answered()).answer == answered()


def test_the_history_holds_what_was_answered(kept: Conversations) -> None:
    begun = kept.create()
    turns = [kept.ask(begun.id, f"question {number}?") for number in range(5)]
    kept.finish(turns[0].id, answered("one [1]"))
    kept.fail(turns[1].id, "reason")
    kept.finish(turns[2].id, NOT_FOUND)
    kept.finish(turns[3].id, answered("four [1]"))
    said = [message["content"] for message in kept.history(begun.id)]
    assert said == ["question 0?", "one [1]", "question 2?", NOT_FOUND.text, "question 3?", "four [1]"]
    assert [message["role"] for message in kept.history(begun.id)] == ["user", "assistant"] * 3
    assert kept.history(begun.id, before=turns[3].id) == kept.history(begun.id)[:4]


def test_every_question_can_be_called_back(kept: Conversations) -> None:
    first, second = kept.create(), kept.create()
    for conversation, question in [
        (first, "a"),
        (second, "b"),
        (first, "b"),
        (first, "a"),
        (first, "a"),
        (second, "c"),
    ]:
        kept.ask(conversation.id, question)
    assert kept.questions() == ["a", "b", "a", "c"]
    assert kept.questions(limit=2) == ["a", "c"]


def test_what_was_deleted_is_gone_from_the_file(kept: Conversations, folder: Path) -> None:
    secret = ["zebrafinch", "quokkaburger", "axolotlsoup", "narwhaltea", "okapibread"]
    stays, goes = kept.create("stays"), kept.create(f"About {secret[0]}")
    for number in range(40):
        turn = kept.ask(goes.id, f"Is {secret[1]} number {number} good? " + "padding " * number)
        kept.finish(turn.id, answered(f"Yes, {secret[2]} is. " * 50, secret[3] * 3))
        kept.finish(kept.ask(stays.id, f"Who was keeper {number}?").id, answered())
    kept.ask_again(turn.id)
    kept.finish(turn.id, answered("other"))
    kept.rename(goes.id, f"Now {secret[4]}")
    before = (folder / FILE).read_bytes() + (folder / f"{FILE}-wal").read_bytes()
    assert all(word.encode() in before for word in secret)
    other = Conversations(folder)  # a second chat that has it open
    assert other.search(secret[1])
    kept.delete(goes.id)
    left = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not any(word[:5].encode() in left for word in secret)
    assert other.search(secret[1]) == kept.search(secret[0]) == []
    assert len(other.turns(stays.id)) == 40
    assert len(kept.search("keeper", limit=100)) == 40
    for call in (lambda: kept.turns(goes.id), lambda: kept.finish(turn.id, answered()), lambda: kept.delete(goes.id)):
        with pytest.raises(ConversationNotFound):
            call()
    assert kept.create().id > goes.id
    other.close()


# Searching


@pytest.fixture
def talked(kept: Conversations) -> Conversations:
    first = kept.create()
    turn = kept.ask(first.id, "Where was the second summit held?")
    kept.finish(
        turn.id, answered("In Hanoi, at the Café Métropole [1].", "The Métropole hotel hosted the two delegations.")
    )
    second = kept.create("Bread and butter")
    kept.finish(kept.ask(second.id, "When does it open?").id, NOT_FOUND)
    return kept


@pytest.mark.parametrize(
    ("text", "part", "marked"),
    [
        ("SUMMIT", "question", ["summit"]),
        ("summi", "question", ["summit"]),
        ("hano", "answer", ["Hanoi"]),
        ("metropole cafe", "answer", ["Café", "Métropole"]),
        ("summit hanoi", "question", ["summit"]),
        ("delegations", "quote", ["delegations"]),
        ("second summit", "question", ["second", "summit"]),
        ('"hanoi" (', "answer", ["Hanoi"]),
        ("-hanoi*", "answer", ["Hanoi"]),
    ],
)
def test_words_are_found_and_marked(talked: Conversations, text: str, part: str, marked: list[str]) -> None:
    [hit] = talked.search(text)
    assert hit.part == part
    assert [hit.text[start:end] for start, end in hit.spans] == marked
    assert hit.title == "Where was the second summit held?"
    [turn] = talked.turns(hit.conversation)
    assert (hit.turn, hit.asked) == (turn.id, turn.asked)


@pytest.mark.parametrize("text", ["", " ", "?!", "summ hanoi", "hanoi AND", "question : summit", "NEAR(summit hanoi)"])
def test_what_nobody_said_is_not_found(talked: Conversations, text: str) -> None:
    assert talked.search(text) == []


def test_a_title_is_found_with_the_first_question(talked: Conversations) -> None:
    [hit] = talked.search("butter")
    assert (hit.title, hit.part, hit.text, hit.spans) == ("Bread and butter", "question", "When does it open?", ())
    talked.rename(hit.conversation, "Jam")
    assert talked.search("butter") == []
    assert [hit.title for hit in talked.search("jam")] == ["Jam"]


def test_what_was_replaced_is_not_found(talked: Conversations) -> None:
    [hit] = talked.search("hanoi")
    talked.finish(talked.ask_again(hit.turn).id, answered("In Singapore [1].", "Singapore."))
    assert talked.search("hanoi") == []
    assert [hit.part for hit in talked.search("singapore")] == ["answer"]


def test_the_best_come_first_then_the_newest(kept: Conversations) -> None:
    begun = kept.create("x")
    for question in ("A long one that says lighthouse among other things", "lighthouse", "lighthouse", "bakery"):
        kept.ask(begun.id, question)
    turns = [turn.id for turn in kept.turns(begun.id)]
    assert [hit.turn for hit in kept.search("lighthouse")] == [turns[2], turns[1], turns[0]]
    assert [hit.turn for hit in kept.search("lighthouse", limit=1)] == [turns[2]]


def test_a_hit_shows_the_words_around_it(kept: Conversations) -> None:
    begun = kept.create()
    text = "Nothing to see here. " * 40 + "The LIGHTHOUSE was\n\tpainted \x1b[31mred. " + "And so on and so on. " * 40
    kept.finish(kept.ask(begun.id, "why?").id, answered(text, "quote"))
    [hit] = kept.search("lighthouse painted")
    assert len(hit.text) <= 200
    assert hit.text.startswith("… ")
    assert hit.text.endswith(" …")
    assert "The LIGHTHOUSE was painted ␛[31mred." in hit.text
    assert [hit.text[start:end] for start, end in hit.spans] == ["LIGHTHOUSE", "painted"]


WRITTEN = st.text(st.sampled_from("abé ß漢\u0301\u0345🙂\u202e\x02\x03\x00\n\"'*^():{}-+.\ud800𞤀_AND"), max_size=300)


@settings(max_examples=150, deadline=None)
@given(said=WRITTEN, quote=WRITTEN, wanted=WRITTEN)
def test_any_text_can_be_kept_and_searched_for(
    tmp_path_factory: pytest.TempPathFactory, said: str, quote: str, wanted: str
) -> None:
    kept = Conversations(tmp_path_factory.mktemp("odd"))
    turn = kept.ask(kept.create(said).id, "abé (漢)?")
    assert kept.finish(turn.id, answered(said, quote)).answer == answered(said, quote)
    for text in (wanted, said, quote, "ab"):
        for hit in kept.search(text):
            assert len(hit.text) <= 200
            assert all(0 <= start < end <= len(hit.text) for start, end in hit.spans)
    assert kept.search("ab")
    kept.close()


# Threads, processes, faults


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
    program = "for n in range(5): kept.ask(kept.create().id, 'lighthouse?')"
    results: list[subprocess.CompletedProcess[str]] = []
    threads = [threading.Thread(target=lambda: results.append(run(folder, program))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.stderr for result in results] == [""] * 4
    assert len(kept.list()) == len(kept.search("lighthouse")) == 20


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


# With a library


def test_a_library_has_its_conversations(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "a.txt").write_text("The lighthouse was painted red in 1931.")
    with Library(folder) as library:
        kept = library.conversations()
        begun = kept.create()
        assert not library.exists()
        library.add(tmp_path / "a.txt")  # a folder with conversations alone may become a library
        turn = kept.ask(begun.id, "When was the lighthouse painted?")
        kept.finish(turn.id, library.ask(turn.question, history=kept.history(begun.id)))
        follow_up = library.ask("What colour is it?", history=kept.history(begun.id))
        assert "lighthouse" in follow_up.standalone_question
        assert library.conversations() is kept
    with Library(folder) as library:
        [stored] = library.conversations().turns(begun.id)
        assert stored.answer is not None
        cited = stored.answer.citations[0]
        assert library.text(cited.source)[cited.start : cited.end] == cited.quote
    delete(str(folder))
    assert not folder.exists()


def test_conversations_never_go_among_the_users_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with Library(tmp_path) as library, pytest.raises(LibraryError, match="needs a folder of its own"):
        library.conversations().create()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
