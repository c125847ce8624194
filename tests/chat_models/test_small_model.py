"""A real model, served for real: weak on purpose, so that what is checked and marked is not what was hoped for."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest

from qa import Library
from qa.chat_models import open_model
from qa.errors import ModelError
from qa.settings import AnswerSettings
from qa.types import Checked, Done, Found, Searching, Text
from tests.conftest import Quoth

from .conftest import QUESTION

pytestmark = pytest.mark.slow

ASKED = "When did Donald Trump and Kim Jong Un first meet?"
FOLLOW_UP = "Where did they meet?"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short answers, on a machine that may have other things to do."""
    monkeypatch.setenv("QUOTH_ANSWER__MAX_TOKENS", "60")
    monkeypatch.setenv("QUOTH_ANSWER__CONTEXT", "1024")
    monkeypatch.setenv("QUOTH_ANSWER__TIMEOUT", "200")


def test_an_answer_is_streamed_counted_and_checked(small_model: str, sample_library: Path, patient: None) -> None:
    with Library(sample_library) as library:
        events = list(library.stream(ASKED, model=small_model))
        kinds = [type(event) for event in events]
        assert kinds[:2] == [Searching, Found]
        assert kinds[-2:] == [Checked, Done]
        assert kinds.count(Text) > 5  # pieces, before the answer is whole
        written = "".join(event.text for event in events if isinstance(event, Text))
        done = events[-1]
        assert isinstance(done, Done)
        answer = done.answer
        assert answer.model.startswith(f"{small_model}#")
        assert answer.usage
        assert answer.usage.input_tokens is not None
        assert answer.usage.input_tokens > 200  # the rules and the passages
        assert answer.usage.output_tokens is not None
        assert 5 < answer.usage.output_tokens <= 60
        assert 0 < answer.timings["first_token"] < answer.timings["total"]
        assert answer.model_settings == {"temperature": 0.0, "seed": 0, "max_tokens": 60}
        for citation in answer.citations:
            assert citation.verified
            assert library.text(citation.source)[citation.start : citation.end] == citation.quote
        if answer.status == "answered":
            assert answer.sentences
        shown = "".join(answer.text[sentence.start : sentence.end] for sentence in answer.sentences)
        assert letters(shown) in letters(answer.text)
        assert letters(re.sub(r"\[\d+\]", "", shown)) in letters(re.sub(r"\[\d+\]", "", written))


def letters(text: str) -> str:
    """The text without what separates its words."""
    return "".join(re.findall(r"\w", text))


def test_the_command_asks_it(small_model: str, quoth: Quoth, sample_library: Path, patient: None) -> None:
    assert quoth("config", "model", small_model).code == 0
    printed = quoth("ask", ASKED, "--library", str(sample_library), "--json").json
    assert printed["model"].startswith(small_model)
    assert printed["usage"]["output_tokens"] > 0
    assert printed["timings"]["first_token"] > 0
    assert isinstance(printed["sentences"], list)
    assert printed["status"] in ("answered", "not_found")


def test_temperature_and_seed_give_the_same_answer_again(small_model: str) -> None:
    model = open_model(small_model, AnswerSettings(max_tokens=32, timeout=200))
    assert "".join(model.reply(QUESTION)) == "".join(model.reply(QUESTION)) != ""


def test_cancelling_in_the_middle_frees_the_server(small_model: str, sample_library: Path, patient: None) -> None:
    cancel = threading.Event()
    with Library(sample_library) as library:
        kinds = []
        for event in library.stream(ASKED, model=small_model, cancel=cancel):
            kinds.append(type(event))
            if isinstance(event, Text):
                cancel.set()
    assert Done not in kinds
    # The server has one slot, so that this answer comes only when the other request has ended.
    model = open_model(small_model, AnswerSettings(max_tokens=32, timeout=200))
    assert "".join(model.reply(QUESTION))


def test_a_second_question_is_made_to_stand_alone(small_model: str, sample_library: Path, patient: None) -> None:
    history = [{"role": "user", "content": ASKED}, {"role": "assistant", "content": "In Singapore, on 12 June 2018."}]
    with Library(sample_library) as library:
        events = list(library.stream(FOLLOW_UP, history=history, model=small_model))
    searches = [event for event in events if isinstance(event, Searching)]
    assert len(searches) == 2  # without the model, and then with it or, where that is no question, again without
    done = events[-1]
    assert isinstance(done, Done)
    assert done.answer.standalone_question not in ("", FOLLOW_UP)


def test_too_long_a_question_is_told(small_model: str) -> None:
    model = open_model(small_model, AnswerSettings(timeout=200))
    with pytest.raises(ModelError, match=r"is too long for .*; set answer.context"):
        list(model.reply([{"role": "user", "content": "word " * 6000}]))
