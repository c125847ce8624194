"""Why an answer is as it is: the numbers are those that made it, they add up, and nobody else pays for them."""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from qa import Answer, Done, Explanation, Library, aask, ask, astream, stream
from qa.answering import wording
from qa.answering.features import QUESTION, SENTENCE
from qa.catalog import Catalog
from qa.embedding import Embedder
from qa.explained import explained as printable
from tests.answering.scripted import Scripted
from tests.conftest import Quoth

FIRST = "When did Donald Trump and Kim Jong Un first meet?"
WHY = "Why did the summit in Hanoi end without an agreement?"
FERRY = "What does the ferry Adelheid cost?"
HOTEL = "At which hotel in Hanoi were the meetings held?"
GOOD = "In Hanoi the meetings were held at the Sofitel Legend Metropole, a hotel from the French colonial period [1]."


@pytest.fixture(scope="module")
def opened(sample_library: Path) -> Iterator[Library]:
    with Library(sample_library) as found:
        yield found


def explained(library: Library, question: str, **more: Any) -> tuple[Answer, Explanation]:
    answer = library.ask(question, explain=True, **more)
    assert answer.explanation
    return answer, answer.explanation


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def history(*turns: str) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(turns)]


@pytest.mark.parametrize("question", [FIRST, WHY, FERRY])
def test_the_contributions_add_up_to_the_probabilities(opened: Library, question: str) -> None:
    answer, why = explained(opened, question)
    decision = why.decision
    assert why.confidence_model.intercept + sum(decision.contributions.values()) == pytest.approx(
        logit(answer.confidence)
    )
    assert decision.confidence == answer.confidence
    assert len(why.sentences) > 10
    for sentence in why.sentences:
        given = why.sentence_model.intercept + sum(sentence.contributions.values())
        assert given == pytest.approx(logit(sentence.chance))
    for model, one in [(why.confidence_model, decision), *((why.sentence_model, each) for each in why.sentences)]:
        assert {name: model.coefficients[name] * value for name, value in one.values.items()} == one.contributions
    first, second, *others = (each.chance for each in why.sentences)
    assert decision.values["best_two"] == pytest.approx(1 - (1 - first) * (1 - second))
    assert first >= second >= max(others)


@pytest.mark.parametrize("question", [FIRST, WHY, FERRY])
def test_the_parts_of_a_score_add_up_to_it(opened: Library, question: str) -> None:
    answer, why = explained(opened, question)
    assert [chunk.rank for chunk in why.chunks] == list(range(1, len(why.chunks) + 1))
    assert [chunk.score for chunk in why.chunks] == sorted((chunk.score for chunk in why.chunks), reverse=True)
    assert sorted(chunk.similarity_rank for chunk in why.chunks) == list(range(1, len(why.chunks) + 1))
    for chunk in why.chunks:
        parts = chunk.by_similarity + chunk.by_words + chunk.by_neighbour
        assert max(parts, 0) == pytest.approx(chunk.score)
    assert any(chunk.by_neighbour > 0 for chunk in why.chunks)
    for number, passage in enumerate(answer.passages, start=1):
        made = [chunk for chunk in why.chunks if chunk.passage == number]
        assert max(chunk.score for chunk in made) == passage.score
        assert max(chunk.similarity for chunk in made) == passage.similarity
        assert {chunk.source for chunk in made} == {passage.source}
        assert (min(chunk.start for chunk in made), max(chunk.end for chunk in made)) == (passage.start, passage.end)


def test_what_rare_words_alone_have_found_says_so(opened: Library) -> None:
    words = {chunk.found_by for chunk in explained(opened, "Where did Trump and Kim meet in Hanoi?")[1].chunks}
    assert words == {"similarity", "words"}


def test_sentences_say_whether_they_were_quoted(opened: Library) -> None:
    answer, why = explained(opened, WHY)
    quoted = [sentence for sentence in why.sentences if sentence.citation]
    assert {sentence.citation for sentence in quoted} == {citation.number for citation in answer.citations}
    for sentence in why.sentences:
        assert opened.text(sentence.source)[sentence.start : sentence.end] == sentence.text
        assert sentence.text in answer.passages[sentence.passage - 1].text
        assert sentence.why
    for sentence in quoted:
        assert sentence.citation is not None
        assert sentence.text in answer.citations[sentence.citation - 1].quote
    assert not any(sentence.citation for sentence in explained(opened, FERRY)[1].sentences)


def test_a_follow_up_says_what_it_took_over_and_why(opened: Library) -> None:
    answer, why = explained(opened, "And why did they not agree?", history=history(HOTEL, GOOD))
    assert why.question == answer.standalone_question
    assert why.because == "it is a follow-up: “And” points back"
    assert [text.text for text in why.texts] == ["And why did they not agree?", HOTEL]
    weights = {word.text: word.weight for word in why.words}
    assert weights["agree"] == 1
    assert 0 < weights["Hanoi"] < 1
    assert 0 < weights["coloni"] < weights["Hanoi"]  # of the last answer
    for question, because in (
        (FERRY, "it stands alone: nothing in it points back"),
        ("What was agreed when she visited?", "it is a follow-up: “she” points back"),
    ):
        assert explained(opened, question, history=history(HOTEL, GOOD))[1].because == because
    assert explained(opened, HOTEL)[1].because == "no question was asked before it"


def test_words_that_no_document_has(opened: Library) -> None:
    answer, why = explained(opened, FERRY)
    assert tuple(word.text for word in why.words if word.chunks == 0) == answer.unknown_words
    assert why.decision.reasons[0] == "no document has “ferry”, “Adelheid”, “cost”"
    assert "not found" in why.decision.why


@pytest.mark.parametrize("question", [FIRST, FERRY])
def test_the_explained_answer_is_the_answer(opened: Library, question: str) -> None:
    plain, told = opened.ask(question), opened.ask(question, explain=True)
    assert plain.explanation is None
    assert replace(told, explanation=None, timings={}) == replace(plain, timings={})


async def test_all_ways_of_asking_explain(opened: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The ferry Adelheid was built in Bremen.")
    where: Any = {"documents": tmp_path, "explain": True}
    streamed = [*stream("Where was the Adelheid built?", **where)][-1]
    awaited = [event async for event in astream("Where was the Adelheid built?", **where)][-1]
    assert isinstance(streamed, Done)
    assert isinstance(awaited, Done)
    answers = [
        ask("Where was the Adelheid built?", **where),
        await aask("Where was the Adelheid built?", **where),
        streamed.answer,
        awaited.answer,
    ]
    assert len({str(answer.explanation) for answer in answers if answer.explanation}) == 1
    assert all(answer.explanation for answer in answers)
    assert (await opened.aask(FIRST, explain=True)).explanation
    assert [event async for event in opened.astream(FIRST, explain=True)][-1].answer.explanation  # type: ignore[union-attr]
    with pytest.raises(TypeError):
        opened.ask(FIRST, explained=True)  # type: ignore[call-arg]


def test_an_ordinary_answer_does_no_work_for_it(opened: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()

    def counted(kind: type, name: str) -> None:
        made = getattr(kind, name)

        def call(*given: Any, **more: Any) -> Any:
            calls[name] += 1
            return made(*given, **more)

        monkeypatch.setattr(kind, name, call)

    for kind, names in ((Catalog, ("rows", "mark_at")), (Embedder, ("embed_query", "embed_spans", "token_spans"))):
        for name in names:
            counted(kind, name)
    opened.ask(WHY)
    calls.clear()
    answer = opened.ask(WHY)
    plain = Counter(calls)
    assert plain["mark_at"] == len(answer.passages)
    calls.clear()
    why = opened.ask(WHY, explain=True).explanation
    assert why
    # What explaining adds is where each candidate stands; nothing is searched, embedded or weighed again.
    assert calls - plain == Counter(mark_at=len(why.chunks), rows=len(why.chunks))


def test_it_comes_back_from_json_and_is_not_kept_in_conversations(library: Path) -> None:
    with Library(library) as opened:
        answer, _ = explained(opened, FIRST)
        written = json.loads(json.dumps(answer.to_dict()))
        assert Answer.from_dict(written) == answer
        written["explanation"]["colour"] = written["explanation"]["chunks"][0]["colour"] = "red"
        assert Answer.from_dict(written) == answer
        assert "explanation" not in opened.ask(FIRST).to_dict()
        stored = opened.conversations()
        turn = stored.finish(stored.ask(stored.create().id, FIRST).id, answer)
        assert turn.answer == replace(answer, explanation=None)


def test_a_model_that_was_asked(opened: Library) -> None:
    answer, why = explained(opened, HOTEL, model=Scripted(replies=[f"{GOOD} The dinner cost 99 million dollars [1]."]))
    assert why.writing
    assert why.writing.asked
    assert why.writing.worth == 0.5
    assert "quotes stand above" in why.writing.why
    assert why.decision.confidence == answer.confidence
    pointed = {sentence.citation for sentence in why.sentences if sentence.citation}
    assert pointed == {citation.number for citation in answer.citations}
    answer, why = explained(opened, HOTEL, model=Scripted(replies=[GOOD]))
    assert why.writing
    assert why.writing.worth == 1.0
    assert answer.confidence == pytest.approx((why.decision.confidence + why.writing.worth) / 2)
    assert why.writing.why in why.decision.why


def test_a_model_that_was_not_asked_or_refused(opened: Library) -> None:
    model = Scripted(replies=["Boil it."])
    answer, why = explained(opened, "How long should I boil an egg?", model=model)
    assert model.asked == []
    assert why.writing
    assert not why.writing.asked
    assert "too far from an answer" in why.decision.why
    assert Answer.from_dict(answer.to_dict()) == answer
    _, why = explained(opened, HOTEL, model=Scripted(replies=["NOT IN THE DOCUMENTS"]))
    assert why.writing
    assert why.writing.asked
    assert why.writing.worth is None


def test_a_letter_is_not_measured_by_a_threshold(opened: Library) -> None:
    letter = Scripted(replies=[f"Dear guest, we look forward to seeing you. {GOOD}"])
    answer, why = explained(opened, "Write a letter about the hotel of the meetings in Hanoi", model=letter)
    assert (answer.kind, answer.status) == ("writing", "answered")
    console = Console(width=100)
    with console.capture() as printed:
        console.print(printable(why))
    said = " ".join(printed.get().split())
    assert "Answered: a new text was asked for" in said
    assert "which decides nothing here" in said
    assert "is the least" not in said
    assert "What counted most" not in said


def test_every_feature_is_said_in_words() -> None:
    """A feature that is added to the models gets its words in qa/answering/wording.py."""
    assert set(wording.SENTENCE) == set(SENTENCE)
    assert set(wording.QUESTION) == set(QUESTION)


def test_a_feature_without_words_is_called_by_its_name() -> None:
    assert wording.sentence_label("new_one") == wording.question_label("new_one") == "new one"
    assert wording.speaking_for({"new_one": 2.0}, {"new_one": 1.5}, 3) == ("new one: 2.00 (+3.0)",)
    assert wording.speaking_against({"new_one": 2.0}, {"new_one": -1.5}, 3) == ("new one: 2.00 (−3.0)",)


def rows(printed: str, title: str) -> list[str]:
    """The lines of a section."""
    section = printed.split(f"\n{title}\n")[1].split("\n\n")[0]
    return section.splitlines()


@pytest.mark.parametrize("question", [WHY, FERRY])
def test_the_command_explains_in_80_columns(quoth: Quoth, sample_library: Path, question: str) -> None:
    plain = quoth("ask", question, "--library", str(sample_library))
    ran = quoth("ask", question, "--explain", "--library", str(sample_library))
    assert ran.code == plain.code
    assert ran.out.startswith(plain.out)
    told = ran.out.removeprefix(plain.out)
    assert max(map(len, told.splitlines())) <= 80
    assert all(word in told for word in question.rstrip("?").split())
    decided = rows(told, "Whether the documents answer")
    adds = [float(line.split()[-1].replace("−", "-")) for line in decided if line.split()[-1][0] in "+−0"]
    assert len(adds) == len(QUESTION) + 2
    assert sum(adds[:-1]) == pytest.approx(adds[-1], abs=0.01 * len(adds))
    assert len(rows(told, "What was found")) >= 10


@pytest.mark.parametrize("question", [WHY, FERRY])
def test_nothing_of_it_is_cut_in_60_columns(opened: Library, question: str) -> None:
    printed = io.StringIO()
    _, why = explained(opened, question)
    Console(width=60, file=printed, color_system=None).print(printable(why))
    told = "\n".join(line.rstrip() for line in printed.getvalue().splitlines())
    lines = told.splitlines()
    assert max(map(len, lines)) <= 60
    first = " ".join(" ".join(lines[1:4]).split())
    assert first.startswith(
        "Answered: the documents seem to" if question == WHY else "Not found: the documents do not seem to"
    )
    decided = " ".join(" ".join(rows(told, "Whether the documents answer")).split())
    assert "…" not in decided
    for name in QUESTION:
        assert f"{why.decision.contributions[name]:+.2f}".replace("-", "−").removeprefix("+").lstrip("−") in decided
    assert any(line.endswith("document") for line in map(str.rstrip, rows(told, "What was found")))


def test_the_explanation_is_in_the_json(quoth: Quoth, sample_library: Path) -> None:
    ran = quoth("ask", WHY, "--explain", "--json", "--library", str(sample_library))
    told = ran.json["explanation"]
    assert set(told) == set(Explanation.__dataclass_fields__)
    assert set(told["decision"]["values"]) == set(QUESTION)
    assert set(told["sentences"][0]["values"]) == set(SENTENCE)
    assert ran.err == ""
    assert "explanation" not in quoth("ask", WHY, "--json", "--library", str(sample_library)).json


def test_what_documents_and_questions_hold_is_text(quoth: Quoth, tmp_path: Path) -> None:
    name = "[bold]\x1b[31mred[|].txt"
    (tmp_path / name).write_text(
        "The ferry [red]Adelheid[/] \x1b]52;c;aGk=\x07 was built [1] in 中文中文 Bremen.\n" * 3
    )
    ran = quoth("ask", "Where was the [link=x]Adelheid \x1b[2J\u202e built?", str(tmp_path), "--explain")
    assert "[bold]␛[31mred[|].txt" in ran.out
    assert "[red]Adelheid[/] ␛]52;c;aGk=␇ was built" in ran.out
    assert "[link=x]Adelheid ␛[2J\\u202e built?" in ran.out
    assert not set(ran.out) & set("\x1b\x07\u202e")


def test_a_request_that_is_no_question_says_so(quoth: Quoth, sample_library: Path) -> None:
    ran = quoth("ask", "summarise the Hanoi summit", "--explain", "--library", str(sample_library))
    said = "This was taken as a request (“summary”), not as a question about a fact"
    assert said in " ".join(ran.out.split())
