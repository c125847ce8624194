"""Records as they come of questions, made by hand."""

from __future__ import annotations

from typing import Any

from qa.evaluation import Record


def record(
    confidence: float, right: bool | None, *, answerable: bool = True, threshold: float = 0.5, **more: Any
) -> Record:
    """The record of a question that is answered from the threshold on."""
    answered = confidence >= threshold and more.get("answer", "x") != ""
    if not answerable:
        outcome = "false" if answered else "declined"
    elif not answered:
        outcome = "refused"
    else:
        outcome = {True: "right", False: "wrong", None: "unjudged"}[right]
    fields: dict[str, Any] = {
        "line": 1,
        "question": "Who?",
        "history": (),
        "kind": None,
        "answerable": answerable,
        "answers": () if right is None or not answerable else ("Ada",),
        "source": None,
        "span": None,
        "status": "answered" if answered else "not_found",
        "confidence": confidence,
        "request": "question",
        "measured": True,
        "outcome": outcome,
        "answer": "Ada",
        "right": right if answerable else False,
        "quotes": (),
        "found": (),
        "source_rank": None,
        "answer_rank": None,
        "recall": None,
        "precision": None,
        "cited_source": None,
        "cited_span": None,
        "milliseconds": 1.0,
    }
    return Record(**{**fields, **more})


def mixed(number: int = 60) -> list[Record]:
    """Questions of every sort, always the same; the surer, the more are right."""
    made = []
    for i in range(number):
        confidence = ((37 * i) % 101) / 101
        made.append(
            record(
                confidence,
                (i * 7) % 10 < 10 * confidence,
                answerable=i % 3 > 0,
                question=f"Who is {i}?",
                line=i + 1,
            )
        )
    return made
