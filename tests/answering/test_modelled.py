"""Answers that a chat model writes, end to end, with a model that says what it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from qa import Answer, Checked, Done, Library, ModelError, Searching, Text
from qa.settings import load
from tests.answering.scripted import Scripted

ASKED = "At which hotel in Hanoi were the meetings held?"
GOOD = "In Hanoi the meetings were held at the Sofitel Legend Metropole, a hotel from the French colonial period [1]."


@pytest.fixture(scope="module")
def opened(sample_library: Path) -> Iterator[Library]:
    with Library(sample_library) as found:
        yield found


def invariant(library: Library, answer: Answer) -> None:
    """What holds of every answer."""
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    for citation in answer.citations:
        assert citation.verified
        assert library.text(citation.source)[citation.start : citation.end] == citation.quote
        assert f"[{citation.number}]" in answer.text
    for sentence in answer.sentences:
        assert answer.text[sentence.start : sentence.end].strip()
        assert (sentence.support == "supported") == (sentence.reasons == ()) or sentence.support == "supported"
    assert Answer.from_dict(answer.to_dict()) == answer


def ask(library: Library, *replies: object, question: str = ASKED, **more: object) -> Answer:
    answer = library.ask(question, model=Scripted(replies=list(replies)), **more)  # type: ignore[arg-type]
    invariant(library, answer)
    return answer


def test_a_good_answer_is_cited_and_every_sentence_is_supported(opened: Library) -> None:
    answer = ask(opened, GOOD)
    assert answer.status == "answered"
    assert answer.text.startswith("In Hanoi the meetings were held at the Sofitel Legend Metropole")
    assert [one.support for one in answer.sentences] == ["supported"]
    assert answer.citations[0].quote.startswith("The meetings were held at the Sofitel Legend Metropole")
    assert answer.confidence > 0.9
    assert answer.model == "scripted"
    assert answer.usage
    assert answer.usage.output_tokens == 7
    assert answer.timings["first_token"] >= 0
    assert answer.model_settings == {}  # a model that the caller has set up


def test_the_events_come_in_order_and_the_pieces_make_the_reply(opened: Library) -> None:
    events = [*opened.stream(ASKED, model=Scripted(replies=[GOOD]))]
    assert [type(event).__name__ for event in events if not isinstance(event, Text)] == [
        "Searching", "Found", "Checked", "Done",
    ]  # fmt: skip
    assert "".join(event.text for event in events if isinstance(event, Text)) == GOOD
    checked = next(event for event in events if isinstance(event, Checked))
    done = events[-1]
    assert isinstance(done, Done)
    assert (checked.text, checked.sentences) == (done.answer.text, done.answer.sentences)


def test_a_number_that_there_is_not_is_removed(opened: Library) -> None:
    answer = ask(opened, GOOD.replace("[1]", "[9]"))
    assert "[9]" not in answer.text
    assert answer.citations  # of the place that says it, found without the model's help


def test_an_invented_source_and_quote_are_seen(opened: Library) -> None:
    answer = ask(
        opened, f"{GOOD} A report says “it was the greatest of all dinners at sea” (Smith 2020, http://made.up/x) [2]."
    )
    assert answer.sentences[0].support == "supported"
    assert answer.sentences[-1].support != "supported"
    assert any("does not have" in why or "do not have" in why for why in answer.sentences[-1].reasons)


def test_a_quote_is_cited_where_it_stands(opened: Library) -> None:
    words = opened.ask(ASKED).citations[0].quote[:60]
    answer = ask(opened, f"The documents say: “{words}” [1].")
    assert any(words in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    "reply",
    [
        "NOT IN THE DOCUMENTS",
        "The passages do not mention the hotel.",
        "I'm sorry, but I can't find that in the provided passages.",
        "There is no information about this in the text.",
        "The documents don't say. I don't know.",
    ],
)
def test_a_refusal_in_whatever_words_is_not_found(opened: Library, reply: str) -> None:
    answer = ask(opened, reply)
    assert answer.status == "not_found"
    assert answer.confidence < 0.5
    assert answer.passages
    plain = opened.ask(ASKED, model="quotes")  # is sure of it
    assert answer.text == f"The model found no answer. Nearest in the documents: {plain.text}"
    assert answer.citations == plain.citations
    assert not answer.sentences


@pytest.mark.parametrize("reply", ["", "   \n", "[1]", "The answer is:", "<think>Where was it?"])
def test_a_model_that_says_nothing_leaves_it_to_the_quotes(opened: Library, reply: str) -> None:
    plain = opened.ask(ASKED, model="quotes")
    answer = ask(opened, reply)
    assert answer.text == f"The model wrote no answer. The documents say: {plain.text}"
    assert (answer.status, answer.citations) == ("answered", plain.citations)
    unsure = ask(opened, reply, question="Which songs did the choir sing at the dinner in Hanoi?")
    assert (unsure.status, unsure.citations) == ("not_found", ())


def test_a_refusal_where_the_quotes_are_not_sure_either_quotes_nothing(opened: Library) -> None:
    question = "Which songs did the choir sing at the dinner in Hanoi?"
    plain = opened.ask(question, model="quotes")
    assert plain.status == "not_found"
    answer = ask(opened, "NOT IN THE DOCUMENTS", question=question)
    assert (answer.status, answer.text) == ("not_found", plain.text)
    assert not answer.citations


def test_what_refuses_and_then_says_something_supported_is_an_answer(opened: Library) -> None:
    lacking = "The passages do not mention the rooms."
    answer = ask(opened, f"{lacking} {GOOD}")
    assert answer.status == "answered"
    assert [one.support for one in answer.sentences] == ["weak", "supported"]
    assert ask(opened, f"{lacking} The hotel is made of cheese [1].").status == "not_found"


def test_what_is_mostly_unsupported_has_the_quotes_above_it(opened: Library) -> None:
    plain = opened.ask(ASKED, model="quotes")
    answer = ask(opened, "They were held on the moon in 1969, where Elvis Presley sang for them. It rained cheese.")
    assert answer.text.startswith(plain.text)
    assert "Elvis" in answer.text
    assert {one.support for one in answer.sentences} == {"unsupported"}
    assert answer.citations == plain.citations


def test_one_wrong_sentence_among_good_ones_is_marked(opened: Library) -> None:
    answer = ask(
        opened, f"{GOOD} Trump stayed at the JW Marriott [1]. The meetings at the hotel cost 99 million dollars [1]."
    )
    assert [one.support for one in answer.sentences[:1]] == ["supported"]
    assert answer.sentences[-1].support == "unsupported"
    assert "99,000,000" in " ".join(answer.sentences[-1].reasons)


HALF = "In Hanoi the meetings were held at the Sofitel Legend Metropole, a hotel from the French colonial per"


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ({"finish_reason": "length"}, "no more tokens (answer.max_tokens"),
        ({"stop_reason": "max_tokens"}, "no more tokens (answer.max_tokens"),
        ({"done_reason": "length"}, "no more tokens (answer.max_tokens"),
        ({"finish_reason": "MAX_TOKENS"}, "no more tokens (answer.max_tokens"),
        ({"finish_reason": "content_filter"}, "its provider ended the answer"),
    ],
)
def test_an_answer_that_was_cut_off_says_so(opened: Library, end: dict[str, str], said: str) -> None:
    answer = ask(opened, [HALF, end])
    assert said in answer.text.splitlines()[-1]
    (one,) = answer.sentences
    assert (one.support, one.reasons[0]) == ("weak", "it breaks off")
    whole = ask(opened, [GOOD, end])
    assert said in whole.text.splitlines()[-1]
    assert whole.sentences[0].support == "supported"
    nothing = ask(opened, ["<think>Let me see.", end])
    assert nothing.text.startswith("The model wrote no answer.")
    assert said in nothing.text
    assert "stopped" not in ask(opened, [GOOD, {"finish_reason": "stop"}]).text


def test_thoughts_that_are_longer_than_an_answer_may_be_do_not_use_it_up(opened: Library) -> None:
    answer = ask(opened, f"<think>{'Was it Hanoi? ' * 1000}</think>{GOOD}")
    assert [one.support for one in answer.sentences] == ["supported"]
    assert "stopped" not in answer.text


def test_a_model_that_cannot_read_one_passage_is_not_asked_without(sample_library: Path) -> None:
    model = Scripted(replies=[GOOD])
    with (
        Library(sample_library, settings=load(answer={"context": 1024, "max_tokens": 1000})) as small,
        pytest.raises(ModelError, match="no room for a passage in what scripted reads"),
    ):
        small.ask(ASKED, model=model)
    assert model.asked == []


@pytest.mark.parametrize(
    "said",
    [
        "Based on the provided passages, the meetings were held at the Sofitel Legend Metropole [1].",
        "According to Passage 1, the meetings were held at the Sofitel Legend Metropole, a colonial hotel.",
        f"Sure! {GOOD}\n\nLet me know if you have more questions!\n\nSources:\n[1] 2019-hanoi-summit.md",
    ],
)
def test_how_models_speak_counts_for_nothing(opened: Library, said: str) -> None:
    answer = ask(opened, said)
    assert [one.support for one in answer.sentences] == ["supported"], answer.sentences
    assert not answer.text.startswith(opened.ask(ASKED, model="quotes").text)


def test_the_lines_of_code_keep_their_indents(opened: Library) -> None:
    answer = ask(opened, f"{GOOD}\n\n```\nfor one in found:\n    print(one[1])\n```")
    assert "\n    print(one[\u00a01\u00a0])" in answer.text  # and what looks like a mark of ours is none


def test_what_repeats_the_question_is_not_supported(opened: Library) -> None:
    answer = ask(opened, "The passage is about the hotel in Hanoi at which the meetings were held [1].")
    assert answer.sentences[0].support == "weak"
    assert answer.text.startswith(opened.ask(ASKED, model="quotes").text)


def test_where_the_documents_are_far_from_answering_no_model_is_asked(opened: Library) -> None:
    model = Scripted(replies=["Boil it for eight minutes [1]."])
    answer = opened.ask("How long should I boil an egg?", model=model)
    assert answer.status == "not_found"
    assert model.asked == []


def test_a_follow_up_is_made_to_stand_alone_by_the_model(opened: Library) -> None:
    history = [
        {"role": "user", "content": ASKED},
        {"role": "assistant", "content": GOOD},
    ]
    model = Scripted(replies=["Where did Kim stay while he was in Hanoi?", "Kim moved into the Melia Hotel [1]."])
    answer = opened.ask("And where did he stay?", model=model, history=history)
    assert answer.standalone_question == "Where did Kim stay while he was in Hanoi?"
    assert len(model.asked) == 2
    assert "Melia" in " ".join(citation.quote for citation in answer.citations)


@pytest.mark.parametrize("alone", ["", "I cannot do that.", "x" * 5000, "One?\nTwo?\nThree?"])
def test_the_way_without_a_model_is_taken_where_the_model_rewrites_nothing(opened: Library, alone: str) -> None:
    history = [{"role": "user", "content": ASKED}, {"role": "assistant", "content": GOOD}]
    model = Scripted(replies=[alone, "Kim moved into the Melia Hotel [1]."])
    answer = opened.ask("And where did he stay?", model=model, history=history)
    assert answer.standalone_question == f"And where did he stay? ({ASKED})"


def test_an_error_after_half_an_answer_is_one_line(opened: Library) -> None:
    model = Scripted(replies=[["The meetings ", "were ", ConnectionError("broken pipe at /secret/path")]])
    events = opened.stream(ASKED, model=model)
    with pytest.raises(ModelError) as caught:
        list(events)
    assert "\n" not in str(caught.value)


def test_an_endless_answer_is_stopped(opened: Library) -> None:
    class Endless(list[str]):
        def __iter__(self) -> Iterator[str]:
            while True:
                yield "They met at the Metropole. "

    model = Scripted(replies=[Endless()])
    answer = opened.ask(ASKED, model=model)
    assert len(answer.text) < 20_000
    assert answer.text.endswith("The model was stopped after 8,000 characters.")
    assert model.sent < 100_000  # what was said before it was stopped
    assert model.closed == 1


def test_a_conversation_that_can_be_gone_through_once_is_sent_whole(opened: Library) -> None:
    history = [
        {"role": "user", "content": "At which hotel in Singapore did they meet?"},
        {"role": "assistant", "content": "At the Capella [1]."},
    ]
    listed, once = Scripted(replies=[GOOD]), Scripted(replies=[GOOD])
    opened.ask("And in Hanoi?", history=history, model=listed)
    opened.ask("And in Hanoi?", history=iter(history), model=once)  # type: ignore[arg-type]
    assert once.asked == listed.asked
    assert any("Capella" in str(message.content) for message in once.asked[-1])


def test_giving_up_closes_the_request(opened: Library) -> None:
    model, cancel = Scripted(replies=[["They "] * 100_000]), threading.Event()
    seen = []
    for event in opened.stream(ASKED, model=model, cancel=cancel):
        seen.append(event)
        if isinstance(event, Text):
            cancel.set()
    assert not any(isinstance(event, Done) for event in seen)
    assert model.closed == 1
    assert model.sent < 100_000


def test_closing_the_iterator_closes_the_request(opened: Library) -> None:
    model = Scripted(replies=[["They "] * 100_000])
    events = opened.stream(ASKED, model=model)
    for event in events:
        if isinstance(event, Text):
            break
    events.close()  # type: ignore[attr-defined]
    assert model.closed == 1


@pytest.mark.parametrize("verb", ["astream", "aask"])
async def test_cancelling_the_task_closes_the_request(verb: str, opened: Library) -> None:
    model = Scripted(replies=[["They "] * 1_000_000])

    async def listen() -> None:
        async for _ in opened.astream(ASKED, model=model):
            pass

    task = asyncio.create_task(listen() if verb == "astream" else opened.aask(ASKED, model=model))
    async with asyncio.timeout(60):
        while not model.sent:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while not model.closed:
            await asyncio.sleep(0.01)
    assert model.closed == 1
    assert model.sent < 1_000_000


async def test_closing_a_stream_does_not_hold_up_the_event_loop(
    opened: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    going_on = threading.Event()

    class Reluctant(Scripted):
        waited: bool | None = None

        async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
            try:
                async for chunk in super()._astream(messages):
                    yield chunk
            finally:
                self.waited = await asyncio.to_thread(going_on.wait, 10)

    monkeypatch.setattr("qa.chat_models.reply.CLOSING", 20.0)
    model = Reluctant(replies=[["They "] * 100_000])
    events = opened.astream(ASKED, model=model)
    async for event in events:
        if isinstance(event, Text):
            break
    closing = asyncio.create_task(events.aclose())  # type: ignore[attr-defined]  # a generator in truth
    for _ in range(20):
        await asyncio.sleep(0)
    going_on.set()
    await closing
    assert model.waited
    assert model.closed == 1


def test_the_thoughts_of_a_model_are_not_shown(opened: Library) -> None:
    events = [*opened.stream(ASKED, model=Scripted(replies=[f"<think>Was it Hanoi? [2]</think>\n{GOOD}"]))]
    assert "".join(event.text for event in events if isinstance(event, Text)) == GOOD
    assert isinstance(events[0], Searching)


def test_a_few_words_are_an_answer_to_the_question_and_not_a_fact_of_their_own(opened: Library) -> None:
    assert ask(opened, "The answer is: Sofitel Legend Metropole [1].").sentences[0].support == "supported"
    wrong = ask(opened, "The answer is: Michael Cohen [1].")  # whom the passage names, for something else
    assert wrong.sentences[0].support != "supported"


def test_what_is_true_but_no_answer_is_weak_and_has_the_quotes_above_it(opened: Library) -> None:
    question = "Who called reporters to the Melia Hotel around midnight?"
    plain = opened.ask(question, model="quotes")
    said = "Trump landed at Noi Bai airport the same evening and stayed at the JW Marriott."
    answer = ask(opened, said, question=question)
    assert answer.sentences[0].support == "weak"
    assert "another" in " ".join(answer.sentences[0].reasons)
    assert answer.text.startswith(plain.text)


@pytest.mark.parametrize("said", ["The passage about the hotel where the meetings in Hanoi were held is:", "Hanoi."])
def test_what_only_announces_or_repeats_is_not_supported(opened: Library, said: str) -> None:
    assert ask(opened, said).sentences[0].support == "weak"


def test_an_answer_may_say_more_than_was_asked(opened: Library) -> None:
    more = "Trump landed at Noi Bai airport and stayed at the JW Marriott."
    answer = ask(opened, f"{GOOD} {more}")
    assert [one.support for one in answer.sentences] == ["supported", "supported"]
    assert answer.text.startswith("In Hanoi the meetings")
