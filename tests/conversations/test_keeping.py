"""What is kept of a conversation, in what order, and what is gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa import Conversations, Library
from qa.errors import ConversationNotFound, InputError, LibraryError
from qa.places import delete
from tests.conversations.conftest import FILE, NOT_FOUND, answered


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
    assert kept.history(begun.id, before=turns[4].id, last=1) == kept.history(begun.id, before=turns[4].id)[-2:]


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


def test_one_turn_is_read_as_it_is_now(kept: Conversations) -> None:
    turn = kept.ask(kept.create().id, "When was it built?")
    assert kept.turn(turn.id) == turn
    done = kept.finish(turn.id, answered())
    assert kept.turn(turn.id) == done
    with pytest.raises(ConversationNotFound, match="no turn"):
        kept.turn(turn.id + 1)
