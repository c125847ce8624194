"""Ask a chat model the reading set's questions, and judge its checked answers against the gold answers.

Usage: python benchmarks/written.py --data DIR --model NAME [--questions 100] [--wrong]

NAME as in `quoth ask --model`. Printed, beside the answers without a model: how many answers have a supported sentence;
of the supported sentences that state the asked-for fact, how many state it wrongly; how many answers have the gold
answer, and how many refusals show it in a quote; and what checking costs. A sentence states the fact where it has the
gold answer or a thing of the kind that the question wants (a number, a date, a person, a place) and does not have;
wrongly where the gold answer is not in it. Every case that counts as wrong is listed with --wrong, to be read.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
from pathlib import Path
from typing import Any

from fit_cases import contains

from qa import Answer, Library
from qa.answering.wanted import has, wanted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--wrong", action="store_true", help="list what counts as wrong, and what the model lost")
    options = parser.parse_args()
    folder = options.data / "reading"
    every = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    answerable = [question for question in every if question["kind"] == "answerable"]
    asked = answerable[:: max(len(answerable) // options.questions, 1)][: options.questions]
    with tempfile.TemporaryDirectory() as where, Library(Path(where) / "library") as library:
        library.add([folder / "documents"])
        pairs = []
        for question in asked:
            text = str(question["question"])
            pairs.append((question, library.ask(text, model="quotes"), library.ask(text, model=options.model)))
    tell(pairs, options.wrong)


def tell(pairs: list[tuple[dict[str, Any], Answer, Answer]], list_wrong: bool) -> None:
    supported, stated, wrong = 0, 0, []
    for question, _, answer in pairs:
        good = [one for one in answer.sentences if one.support == "supported"]
        supported += bool(good)
        for one in good:
            said = answer.text[one.start : one.end]
            if not states(said, question):
                continue
            stated += 1
            if not contains(said, question["answers"]):
                wrong.append((question["question"], question["answers"], said))
    total = len(pairs)
    print(f"{total} questions")
    print(f"answers with a supported sentence: {100 * supported / total:.0f}%")
    print(f"supported sentences that state the fact: {stated}; wrongly: {len(wrong)}")
    for name, at in (("without a model", 1), ("with the model", 2)):
        right = sum(holds(pair[at], pair[0]) for pair in pairs)
        print(f"correct {name}: {100 * right / total:.1f}%")
    near = sum(answer.status != "answered" and found(answer, question) for question, _, answer in pairs)
    print(f"not found, with the gold answer in the quotes that are shown as the nearest: {100 * near / total:.1f}%")
    spent = [answer.timings["check"] for _, _, answer in pairs if answer.sentences]
    print(
        f"milliseconds for checking an answer, median: {statistics.median(spent):.1f}" if spent else "nothing checked"
    )
    if not list_wrong:
        return
    for asked, gold, said in wrong:
        print(f"- {asked}\n  gold: {gold}\n  said: {said}")
    for question, plainly, answer in pairs:
        if holds(plainly, question) and not holds(answer, question):
            print(f"lost: {question['question']}\n  {answer.status} {answer.confidence:.2f}: {answer.text}")


def holds(answer: Answer, question: dict[str, Any]) -> bool:
    """Whether an answer has the gold answer in it; one that says that the documents do not answer never has."""
    return answer.status == "answered" and found(answer, question)


def found(answer: Answer, question: dict[str, Any]) -> bool:
    """Whether the gold answer stands in what is shown, whatever is said of it."""
    return contains(plain(answer.text), question["answers"])


def states(said: str, question: dict[str, Any]) -> bool:
    """Whether a sentence gives something of the kind that the question asks for."""
    text = str(question["question"])
    return contains(said, question["answers"]) or any(
        has(kind, plain(said), text) for kind in wanted(text) if kind in ("number", "date", "person", "place")
    )


def plain(text: str) -> str:
    return re.sub(r"\s*\[\d+\]", "", text)


if __name__ == "__main__":
    main()
