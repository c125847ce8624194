"""Requests that are no questions, answered out of the sample documents as `ask` answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from qa import Answer, InputError, Library, LibraryEmpty
from qa.requests.central import readable
from qa.types import Message
from tests.conftest import Quoth

QUESTION = "Why did the Hanoi summit fail?"


@pytest.fixture(scope="module")
def asked(sample_library: Path) -> Iterator[Library]:
    with Library(sample_library) as library:
        yield library


def checked(library: Library, answer: Answer) -> Answer:
    """The answer, after a look that its marks are its citations', and these the documents' words."""
    assert [int(number) for number in re.findall(r"\[(\d+)\]", answer.text)] == [
        citation.number for citation in answer.citations
    ]
    for citation in answer.citations:
        assert citation.verified
        assert library.text(citation.source)[citation.start : citation.end] == citation.quote
        assert " ".join(citation.quote.split()) in answer.text
    if answer.kind != "keyword":
        assert not answer.measured
        assert answer.confidence == (answer.status == "answered")
    assert Answer.from_dict(answer.to_dict()) == answer
    return answer


def names(answer: Answer) -> list[str]:
    return list(dict.fromkeys(Path(citation.source).name for citation in answer.citations))


def talk(*turns: tuple[str, Answer]) -> list[Message]:
    """The conversation that these turns make."""
    said: list[Message] = []
    for question, answer in turns:
        said += [Message(role="user", content=question), Message(role="assistant", content=answer.text)]
    return said


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("hello", "greeting", "Hello."),
        ("ok bye", "greeting", "Goodbye."),
        ("thank you!", "thanks", "welcome"),
        ("ok", "thanks", "All right."),
        ("Evening", "greeting", "Hello."),
        ("yes please", "abilities", "`list all`"),
        ("go on", "abilities", "`list all`"),
        ("what can you do?", "abilities", "summarise"),
    ],
)
def test_small_talk_needs_no_documents(tmp_path: Path, line: str, kind: str, words: str) -> None:
    with Library(tmp_path / "none") as library:
        answer = checked(library, library.ask(line))
        assert (answer.kind, answer.status, answer.citations, answer.searched) == (kind, "answered", (), None)
        assert words in answer.text
        with pytest.raises(LibraryEmpty):
            library.ask("what documents do you have?")


def test_the_documents_are_listed(asked: Library) -> None:
    answer = checked(asked, asked.ask("which documents do you have?"))
    assert answer.kind == "documents"
    assert "15 documents" in answer.text
    assert "- kim-meetings.xlsx (xlsx, 7.1 kB)" in answer.text
    some = asked.ask("which documents do you have?", where="*.md")
    assert some.text.count("\n- ") == some.searched == 5


def test_of_many_documents_some_are_named(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(23):
        (folder / f"boat {number:02} [7].txt").write_text(
            f"The ferry {number} was built in the year {1900 + number}.\n"
        )
    with Library(tmp_path / "library") as library:
        library.add(folder)
        answer = checked(library, library.ask("what files do you have"))
        assert "and 3 more: `quoth sources`" in answer.text
        about = checked(library, library.ask("what are they about?"))
        assert len(about.citations) == 8
        assert "15 documents more are not shown" in about.text


def test_what_the_documents_are_about(asked: Library) -> None:
    answer = checked(asked, asked.ask("What are the documents about?"))
    assert (answer.kind, len(names(answer))) == ("overview", 7)
    assert "- About Quoth (about-quoth.md): " in answer.text
    assert "(kim-meetings.xlsx): a table" in answer.text
    assert "7 documents more are not shown" in answer.text


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("summarise the hanoi summit", "2019-hanoi-summit.md"),
        ("give me a summary of 2018-singapore-summit.pdf", "2018-singapore-summit.pdf"),
        ("sum up un-sanctions please", "un-sanctions.txt"),
        ("summarize the document about the envoys", "envoys-and-negotiators.docx"),
        ("summarise the satelites report", "satellites-and-long-range-missiles.md"),
        ("summary of the slides", "north-korea-and-russia.pptx"),
    ],
)
def test_a_document_is_summed_up_in_its_own_sentences(asked: Library, line: str, name: str) -> None:
    answer = checked(asked, asked.ask(line))
    assert (answer.kind, answer.status, names(answer)) == ("summary", "answered", [name])
    assert 5 <= len(answer.citations) <= 8
    starts = [citation.start for citation in answer.citations]
    assert starts == sorted(starts)
    assert all(readable(citation.quote) for citation in answer.citations)
    headings = {citation.heading for citation in answer.citations}
    assert len(headings) >= 3 or name.endswith(".txt")
    assert f"Of {name}" in answer.text
    assert f"the {len(answer.citations)} sentences that are most central" in answer.text


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("summarise hanoi and singapore", ["2019-hanoi-summit.md", "2018-singapore-summit.pdf"]),
        ("sum up un-sanctions.txt, about-quoth.md and using-quoth.txt please", ["un-sanctions.txt", "about-quoth.md"]),
        ("summarise envoys and negotiators", ["envoys-and-negotiators.docx"]),
        ("summarise north korea and russia", ["north-korea-and-russia.pptx"]),
    ],
)
def test_several_documents_are_summed_up_one_by_one(asked: Library, line: str, named: list[str]) -> None:
    answer = checked(asked, asked.ask(line))
    assert names(answer)[:2] == named
    assert "The name fits" not in answer.text


def test_a_table_is_summed_up_in_rows(asked: Library) -> None:
    answer = checked(asked, asked.ask("summarise missile-launches.csv"))
    assert len(answer.citations) >= 3
    assert all(citation.quote.count(",") >= 4 for citation in answer.citations)


def test_a_thing_that_is_no_document_is_summed_up_in_quotes(asked: Library) -> None:
    answer = checked(asked, asked.ask("summarise the story of Otto Warmbier"))
    assert answer.text.startswith("No document is called “the story of Otto Warmbier”.")
    assert any("Warmbier" in citation.quote for citation in answer.citations)


def test_what_is_not_there_is_not_summed_up(asked: Library) -> None:
    answer = checked(asked, asked.ask("summarise the annual report on photosynthesis"))
    assert (answer.kind, answer.status, answer.citations) == ("summary", "not_found", ())
    assert "photosynthesis" in answer.text


@pytest.mark.parametrize(
    "line", ["and summarise it", "Summarise that document.", "what is this document about?", "tl;dr"]
)
def test_it_is_what_the_last_answer_quotes(asked: Library, line: str) -> None:
    first = asked.ask(QUESTION)
    answer = checked(asked, asked.ask(line, history=talk((QUESTION, first), ("thanks", asked.ask("thanks")))))
    assert (answer.kind, names(answer)) == ("summary", [Path(first.citations[0].source).name])
    assert answer.standalone_question == f"summarise {names(answer)[0]}"


def test_it_is_the_only_document_that_is_searched(asked: Library) -> None:
    answer = checked(asked, asked.ask("summarise", where="un-sanctions.txt"))
    assert (names(answer), answer.searched, answer.documents) == (["un-sanctions.txt"], 1, 15)


def test_without_anything_to_point_at_all_are_described(asked: Library) -> None:
    assert asked.ask("summarise it").kind == "overview"


def test_two_things_are_compared(asked: Library) -> None:
    answer = checked(asked, asked.ask("compare Pompeo with Bolton"))
    pompeo, bolton = answer.text.split("\n\n")
    assert pompeo.startswith("Pompeo:\n- ")
    assert pompeo.count("Pompeo") >= 3
    assert bolton.startswith("Bolton:\n- ")
    assert bolton.count("Bolton") >= 3


def test_of_a_comparison_it_is_said_what_is_missing(asked: Library) -> None:
    answer = checked(asked, asked.ask("compare Stephen Biegun and Angela Merkel"))
    assert answer.status == "answered"
    assert answer.text.endswith("The documents say nothing of “Angela Merkel”.")
    neither = checked(asked, asked.ask("compare photosynthesis and lactose"))
    assert (neither.kind, neither.status) == ("comparison", "not_found")
    assert "“photosynthesis” or “lactose”" in neither.text


def test_it_is_compared_where_something_was_said(asked: Library) -> None:
    question = "Who was Stephen Biegun?"
    history = talk((question, asked.ask(question)), ("thanks", asked.ask("thanks")))
    answer = checked(asked, asked.ask("compare him with John Bolton", history=history))
    assert answer.text.startswith("him (Who was Stephen Biegun?):\n- ")
    assert "Biegun" in answer.citations[0].quote
    assert "say nothing of “him”" in asked.ask("compare him with John Bolton").text


def test_documents_are_compared_by_their_central_sentences(asked: Library) -> None:
    answer = checked(asked, asked.ask("compare un-sanctions.txt and the hanoi document"))
    assert (answer.kind, names(answer)) == ("comparison", ["un-sanctions.txt", "2019-hanoi-summit.md"])


def test_what_is_listed_comes_by_document_and_once(asked: Library) -> None:
    answer = checked(asked, asked.ask("list all hotels"))
    assert answer.kind == "listing"
    quotes = [citation.quote for citation in answer.citations]
    assert len(quotes) >= 6
    assert len(set(quotes)) == len(quotes)
    assert all("otel" in quote for quote in quotes)
    sources = [citation.source for citation in answer.citations]
    assert sources == sorted(sources, key=sources.index)
    assert answer.text.endswith("No other place with these words was found.")


def test_a_list_that_is_cut_off_says_so(asked: Library) -> None:
    answer = checked(asked, asked.ask("find every mention of Trump"))
    assert len(answer.citations) == 12
    assert re.search(r"There is more: \d+ further places", answer.text)


def test_a_year_in_what_is_listed_counts(asked: Library) -> None:
    answer = checked(asked, asked.ask("list all missile launches in 2017"))
    assert all("2017" in citation.quote for citation in answer.citations)


def test_a_keyword_gives_the_best_passages(asked: Library) -> None:
    answer = checked(asked, asked.ask("otto warmbier"))
    assert (answer.kind, answer.status) == ("keyword", "answered")
    assert "student of the University of Virginia" in answer.citations[0].quote
    assert answer.confidence > 0.9
    limited = asked.ask("otto warmbier", where="un-sanctions.txt")
    assert (limited.status, limited.searched) == ("not_found", 1)


def test_a_keyword_after_a_keyword_stands_alone(asked: Library) -> None:
    first = ("otto warmbier", asked.ask("otto warmbier"))
    assert asked.ask("plutonium", history=talk(first)).kind == "keyword"
    question = ("Who was Otto Warmbier?", asked.ask("Who was Otto Warmbier?"))
    assert asked.ask("the trial", history=talk(question)).standalone_question == "the trial (Who was Otto Warmbier?)"


def test_a_keyword_that_stands_nowhere_is_not_found(asked: Library) -> None:
    answer = checked(asked, asked.ask("Brexit backstop"))
    assert (answer.kind, answer.status) == ("keyword", "not_found")
    assert set(answer.unknown_words) == {"Brexit", "backstop"}
    assert answer.passages


def test_writing_takes_a_model_and_the_line_that_sets_it_up(asked: Library) -> None:
    answer = checked(asked, asked.ask("write a letter to the ambassador"))
    assert (answer.kind, answer.status) == ("writing", "not_found")
    assert "quoth config model ollama:llama3.2" in answer.text


@pytest.mark.parametrize("between", ["thanks", "ok", "go on", "which documents do you have?"])
def test_small_talk_does_not_break_a_follow_up(asked: Library, between: str) -> None:
    first = ("Who was Otto Warmbier?", asked.ask("Who was Otto Warmbier?"))
    plain = asked.ask("When did he die?", history=talk(first))
    later = asked.ask("When did he die?", history=talk(first, (between, asked.ask(between))))
    assert later.standalone_question == plain.standalone_question
    assert later.citations == plain.citations
    assert "2017" in later.text


@pytest.mark.parametrize("line", ["hello", "yes please", "which documents do you have?", "summarise", QUESTION])
def test_a_limit_that_fits_no_document_is_refused_whatever_is_asked(asked: Library, line: str) -> None:
    with pytest.raises(InputError, match="nothing-like-this"):
        asked.ask(line, where="nothing-like-this.md")


def test_a_follow_up_leans_on_what_a_request_named(asked: Library) -> None:
    summary = ("summarise the Singapore summit", asked.ask("summarise the Singapore summit"))
    answer = asked.ask("And when was it?", history=talk(summary))
    assert answer.standalone_question == "And when was it? (the Singapore summit)"


def test_a_stored_answer_of_before_is_a_question(asked: Library) -> None:
    stored = asked.ask(QUESTION).to_dict()
    assert stored.pop("kind") == "question"
    assert Answer.from_dict(stored).kind == "question"


def test_the_command_line_shows_no_confidence_where_there_is_none(quoth: Quoth, sample_library: Path) -> None:
    there = ("--library", str(sample_library))
    ran = quoth("ask", "compare Pompeo and Bolton", *there)
    assert ran.code == 0
    assert "Bolton:\n- " in ran.out
    assert "confidence" not in ran.err
    assert quoth("ask", "hi", *there, "--json").json["kind"] == "greeting"
    assert quoth("ask", "write a poem", *there).code == 3
    assert "confidence" in quoth("ask", QUESTION, *there).err


def test_events_come_in_the_order_of_a_question(asked: Library) -> None:
    def kinds(question: str) -> Sequence[str]:
        return [type(event).__name__ for event in asked.stream(question)]

    assert kinds("summarise un-sanctions.txt") == kinds(QUESTION) == ["Searching", "Found", "Text", "Done"]
    assert kinds("hello") == ["Text", "Done"]


@pytest.mark.parametrize(("word", "meant"), [("sactions", "sanctions"), ("Hasong-15", "Hwasong-15")])
def test_of_a_misspelled_keyword_it_is_shown_what_may_be_meant(asked: Library, word: str, meant: str) -> None:
    answer = checked(asked, asked.ask(word))
    assert (answer.kind, answer.status, answer.standalone_question) == ("keyword", "answered", meant)
    assert answer.text.startswith(f"No document has “{word}”. This is for “{meant}”:\n- ")
    assert meant[:-1].lower() in answer.citations[0].quote.lower()
    assert asked.ask("photosyntesis").status == "not_found"


def test_a_keyword_with_a_number_is_shown_where_it_stands_and_not_with_another(asked: Library) -> None:
    answer = checked(asked, asked.ask("resolution 2397"))
    assert answer.citations
    assert all("2397" in citation.quote for citation in answer.citations)


def test_a_question_behind_the_word_for_a_summary_is_answered(asked: Library) -> None:
    question = "When did the Panel of Experts end?"
    assert asked.ask(f"TL;DR: {question}").text == asked.ask(f"In short: {question}").text == asked.ask(question).text


def test_a_clause_that_is_summed_up_is_no_name_of_a_document(asked: Library) -> None:
    answer = checked(asked, asked.ask("Summarise in one sentence why the Hanoi summit failed"))
    assert (answer.kind, answer.status) == ("summary", "answered")
    assert answer.text.startswith("What the documents say of it:\n- ")
