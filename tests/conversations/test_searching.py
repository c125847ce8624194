"""Words are found in what was asked, answered and quoted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import Conversations
from tests.conversations.conftest import NOT_FOUND, answered


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
    kept.ask(begun.id, "x" * 300)
    [hit] = kept.search("xx")
    assert hit.spans == ((0, hit.text.rindex("x") + 1),)


WRITTEN = st.text(st.sampled_from("abé ß漢\u0301\u0345🙂\u202e\x02\x03\x00\n\"'*^():{}-+.\ud800𞤀_AND"), max_size=300)


@settings(max_examples=60, deadline=None)
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
