"""Do right answers stay supported? What a good model might say to the reading set's questions, checked as an answer.

Usage: python benchmarks/right.py --data DIR [--doubted]

For every third question (not those of `written.py`) the sentence of the documents with the gold answer is taken for the
reply: as it stands, in other words and shortened (by the rules of `alter.py`), with the sentence that stands behind it,
and the gold answer alone. Printed is how each of their sentences is marked. Seeded.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alter import paraphrases, shortened
from fit_cases import contains

from qa import Library, questions
from qa.answering.candidates import Candidate
from qa.answering.quotes import Reading
from qa.answering.steps import Looked
from qa.answering.support import Evidence
from qa.answering.writing import write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--doubted", action="store_true", help="print every sentence that is not supported")
    options = parser.parse_args()
    folder = options.data / "reading"
    every = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    asked = [question for question in every if question["kind"] == "answerable"][2::3]
    draw = random.Random(1)  # noqa: S311 (no secret)
    outcome: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as where, Library(Path(where) / "library") as library:
        library.add([folder / "documents"])
        for question in asked:
            search = questions.search_for(str(question["question"]), [])
            looked = Looked.up(library._parts, library.settings, search, None, explain=False)
            reading, document = looked.reading, looked.retriever.document
            for kind, reply in replies(question, reading, draw):
                evidence = Evidence(reading.passages, reading.found, library._parts.embedder())
                made = write(reply, reading, evidence, reading.passages, library.settings.answer.threshold, document)
                for place, one in enumerate(made.sentences[:2] if kind == "the next" else made.sentences[:1]):
                    if kind != "the next" or place:
                        outcome[kind][one.support] += 1
                        if options.doubted and one.support != "supported":
                            print(f"{kind} -> {one.support}: {question['question']}")
                            print(f"  {made.text[one.start : one.end]}\n  {'; '.join(one.reasons)}")
    for kind, counts in outcome.items():
        total = sum(counts.values())
        shares = ", ".join(f"{name} {100 * counts[name] / total:.1f}" for name in ("supported", "weak", "unsupported"))
        print(f"{kind}: {total} sentences: {shares}")


def replies(question: dict[str, Any], reading: Reading, draw: random.Random) -> Iterator[tuple[str, str]]:
    """Kinds and replies; none where the sentence with the gold answer was not found."""
    gold: list[str] = question["answers"]
    start, end = question["spans"][0]

    def right(one: Candidate) -> bool:
        return Path(one.source).name == question["file"] and start <= one.start < end and contains(one.text, gold)

    places = [place for place, one in enumerate(reading.found) if right(one)]
    if not places:
        return
    one = reading.found[max(places, key=lambda place: float(reading.chances[place]))]
    mark = f" [{one.passage + 1}]"
    yield "as it stands", one.text + mark
    for kind, made in (("in other words", paraphrases(one.text, draw)), ("shortened", shortened(one.text, draw))):
        if good := [sentence for sentence in made if contains(sentence, gold)]:
            yield kind, draw.choice(good) + mark
    yield "the gold answer alone", gold[0] + mark
    following = (other for other in reading.found if (other.passage, other.index) == (one.passage, one.index + 1))
    for other in following:
        yield "the next", f"{one.text}{mark} {other.text}{mark}"


if __name__ == "__main__":
    main()
