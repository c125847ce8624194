"""An answer as JSON, and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import Answer, Citation, InputError, Passage

TEXT = st.text(max_size=20)
REAL = st.floats(allow_nan=False, allow_infinity=False)
PLACE = {"page": st.none() | st.integers(), "heading": st.none() | TEXT}
ANSWERS = st.builds(
    Answer,
    question=TEXT,
    standalone_question=TEXT,
    text=TEXT,
    status=st.sampled_from(["answered", "not_found"]),
    confidence=REAL,
    citations=st.lists(st.builds(Citation, **PLACE), max_size=3).map(tuple),
    passages=st.lists(st.builds(Passage, **PLACE, score=REAL, similarity=REAL), max_size=3).map(tuple),
    model=TEXT,
    timings=st.dictionaries(TEXT, REAL, max_size=3),
    unknown_words=st.lists(TEXT, max_size=3).map(tuple),
    where=st.lists(TEXT, max_size=3).map(tuple),
    searched=st.none() | st.integers(),
    documents=st.none() | st.integers(),
    adding=st.booleans(),
)


@given(ANSWERS)
def test_an_answer_comes_back_from_json(answer: Answer) -> None:
    assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer


def written() -> dict[str, Any]:
    place = {"source": "/a.txt", "page": None, "heading": None, "line": 1, "start": 0, "end": 1, "sha256": "0"}
    return {
        **{"schema": 1, "question": "q", "standalone_question": "q", "text": "t [1]", "status": "answered"},
        "confidence": 0.5,
        "citations": [{**place, "number": 1, "quote": "t", "verified": True}],
        "passages": [{**place, "text": "t", "score": 0.5, "similarity": 0.5}],
    }


def test_what_a_newer_version_adds_is_left_out() -> None:
    data = written()
    data["sentences"] = []
    data["citations"][0]["colour"] = "red"
    data["passages"][0]["colour"] = "red"
    assert Answer.from_dict(data) == Answer.from_dict(written())


@pytest.mark.parametrize("name", ["schema", "question", "text", "status", "confidence"])
def test_a_field_that_is_missing_is_named(name: str) -> None:
    data = written()
    del data[name]
    with pytest.raises(InputError, match=name):
        Answer.from_dict(data)


@pytest.mark.parametrize(
    "change", [{"schema": 2}, {"citations": [{"number": 1}]}, {"citations": None}, {"passages": ["text"]}, {"where": 3}]
)
def test_another_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Answer.from_dict({**written(), **change})
    with pytest.raises(InputError):
        Answer.from_dict([])  # type: ignore[arg-type]
