"""What answers hold of documents: how many have it, and that it is gone when it was taken out."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from qa import Answer, Conversations, Passage, Quoting
from qa.errors import LibraryError
from qa.exporting import to_json, to_markdown
from tests.conversations.conftest import FILE, NOT_FOUND, answered, run

NOTES, OTHER = "/docs/notes/red.txt", "/docs/other.txt"
SECRET, STAYS = "Quokkaburger was painted red.", "Narwhal tea stays."


def passage(text: str, source: str) -> Passage:
    return Passage(text, source, 0, len(text), 0.4, 0.4, None, "Quokkaburger" if source == NOTES else None, 1, "0" * 64)


def cited(source: str, quote: str, *passages: Passage, model: str = "quotes") -> Answer:
    answer = answered(f"{quote} [1]", quote)
    citations = (replace(answer.citations[0], source=source),)
    return replace(answer, citations=citations, passages=passages, model=model)


@pytest.fixture
def talked(kept: Conversations) -> Conversations:
    """Three conversations; what two of them hold of the notes is in three answers."""
    first, second, third = (kept.create(name) for name in ("first", "second", "third"))
    for conversation, answer in [
        (first, cited(NOTES, SECRET, passage(SECRET, NOTES))),
        (first, cited(OTHER, STAYS, passage(STAYS, OTHER), passage(SECRET, NOTES))),
        (second, replace(NOT_FOUND, passages=(passage(SECRET, NOTES), passage(STAYS, OTHER)))),
        (third, cited(OTHER, STAYS, passage(STAYS, OTHER))),
        (third, NOT_FOUND),
    ]:
        kept.finish(kept.ask(conversation.id, "What was painted red?").id, answer)
    return kept


def files(folder: Path) -> bytes:
    """What all files of the conversations hold; read by another process, as closing them here would unlock them."""
    program = "for file in pathlib.Path(sys.argv[1]).iterdir(): print(file.read_bytes().lower())"
    return run(folder, program).stdout.encode()


def test_how_many_answers_hold_text_is_counted(talked: Conversations, folder: Path) -> None:
    assert talked.quoting([NOTES]) == Quoting(3, 2)
    assert talked.quoting(["/docs/notes", "/docs/no"]) == Quoting(3, 2)
    assert talked.quoting([OTHER]) == Quoting(3, 3)
    assert talked.quoting(["/"]) == talked.quoting([NOTES, OTHER]) == Quoting(4, 3)
    assert not talked.quoting(["/docs/not", "/docs/notes/red"])
    assert (str(Quoting(1, 1)), str(Quoting(3, 2))) == ("1 answer in 1 conversation", "3 answers in 2 conversations")
    assert not Conversations(folder / "nothing").quoting([NOTES])
    assert not Conversations(folder / "nothing").forget([NOTES])


def test_what_is_taken_out_is_gone_and_the_questions_stay(talked: Conversations, folder: Path) -> None:
    first, second, third = (talked.list()[place].id for place in (2, 1, 0))
    before = talked.turns(third)
    other = Conversations(folder)  # a second chat that has it open
    assert other.search("quokkaburger")
    assert b"quokka" in files(folder)
    assert talked.forget([NOTES]) == Quoting(3, 2)
    assert b"quokka" not in files(folder)
    assert b"narwhal" in files(folder)
    gone, passages_gone = other.turns(first)
    assert (gone.status, gone.answer) == ("removed", None)
    assert gone.question == "What was painted red?"
    assert gone.error == "This answer quoted red.txt, which was removed."
    assert passages_gone.answer == cited(OTHER, STAYS, passage(STAYS, OTHER))
    [not_found] = other.turns(second)
    assert not_found.answer == replace(NOT_FOUND, passages=(passage(STAYS, OTHER),))
    assert other.turns(third) == before
    assert other.search("quokkaburger") == []
    assert len(other.search("narwhal")) == 2
    assert [message["content"] for message in other.history(first)] == ["What was painted red?", f"{STAYS} [1]"]
    assert not talked.forget([NOTES])
    for made in (to_markdown, to_json):
        exported = made(talked.get(first), talked.turns(first))
        assert "This answer quoted red" in exported
        assert "okkaburger" not in exported
    again = talked.finish(talked.ask_again(gone.id).id, cited(OTHER, STAYS))
    assert (again.status, again.error) == ("answered", None)
    other.close()


def test_what_a_model_wrote_goes_with_any_of_its_passages(kept: Conversations) -> None:
    answer = cited(OTHER, STAYS, passage(STAYS, OTHER), passage(SECRET, NOTES), model="openai:gpt")
    turn = kept.finish(kept.ask(kept.create().id, "why?").id, answer)
    assert kept.forget([NOTES]) == Quoting(1, 1)
    assert kept.turns(turn.conversation)[0].error == "This answer quoted red.txt, which was removed."


def test_a_question_that_is_asked_again_goes_on(kept: Conversations) -> None:
    turn = kept.finish(kept.ask(kept.create().id, "why?").id, cited(NOTES, SECRET))
    kept.ask_again(turn.id)
    assert kept.forget([NOTES]) == Quoting(1, 1)
    [asked] = kept.turns(turn.conversation)
    assert (asked.status, asked.answer, asked.error) == ("asked", None, None)
    assert kept.cancel(turn.id).status == "cancelled"


def test_an_answer_that_is_replaced_leaves_nothing(kept: Conversations, folder: Path) -> None:
    turn = kept.finish(kept.ask(kept.create().id, "why?").id, cited(NOTES, SECRET * 100))
    kept.finish(kept.ask_again(turn.id).id, cited(OTHER, STAYS))
    assert b"quokka" not in files(folder)
    assert (folder / FILE).stat().st_size


def test_odd_names(kept: Conversations) -> None:
    for source in ("/docs/[/]\n\x1b[31m.txt", "/docs/\udcff.txt", "relative.txt"):
        turn = kept.finish(kept.ask(kept.create().id, "why?").id, cited(source, SECRET))
        assert kept.quoting([source]) == Quoting(1, 1)
        assert kept.forget([source]) == Quoting(1, 1)
        assert kept.turns(turn.conversation)[0].status == "removed"


def test_a_reader_in_the_way_is_one_line_and_the_next_call_erases(talked: Conversations, folder: Path) -> None:
    reader = sqlite3.connect(folder / FILE, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM turns").fetchall()
    with pytest.raises(LibraryError, match="another program is just reading them"):
        talked.forget([NOTES])
    assert not talked.quoting([NOTES])  # taken out it is, for everybody who begins to read now
    assert b"quokka" in files(folder)
    reader.execute("COMMIT")
    reader.close()
    talked.forget([NOTES])
    assert b"quokka" not in files(folder)
