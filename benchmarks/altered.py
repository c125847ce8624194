"""Does the check of a model's sentences see what is wrong with them, and let pass what is right?

Usage: python benchmarks/altered.py --data DIR [--set reading|chunking] [--more] [--misses]

DIR holds the public question sets. For each question the passages are searched; sentences of the passages are put into
other words by rule (`alter.py`), and half of these, or the sentences themselves, get one number, date, name or denial
changed or two names swapped; with --more a unit, a currency, a limit, an amount or a modal verb (`overstate.py`), as
many as there are up to 120 of each. Each is checked as if a model had written it and cited its passage. Seeded.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from alter import ALTERATIONS, Alteration, paraphrases, pool, shortened
from overstate import OVERSTATEMENTS

from qa import Library
from qa.answering.candidates import candidates
from qa.answering.support import Evidence, Verdict

MOST = 120
"""Sentences of one class."""


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence to check. original: of the document."""

    kind: str
    original: str
    sentence: str
    passage: int


def cases(
    library: Library, questions: list[dict[str, object]], seed: int, alterations: Mapping[str, Alteration]
) -> Iterator[tuple[list[Case], Evidence]]:
    """What is made of the passages of each question."""
    draw = random.Random(seed)  # noqa: S311 (no secret)
    embedder, retriever = library._parts.embedder(), library._parts.retriever()
    for question in questions:
        passages = library.search(str(question["question"]))
        found = candidates(passages, retriever.document, embedder)
        good = [
            one for one in found
            if re.fullmatch(r"[A-Z“\"(][^\n]*[.]", one.text) and 8 <= len(one.text.split()) <= 40 and one.passage < 3
        ]  # fmt: skip
        if not good:
            continue
        made = []
        for one in draw.sample(good, min(3, len(good))):
            text = library.text(one.source)
            others = paraphrases(one.text, draw)
            for kind, sentences in (("paraphrased", others), ("shortened", shortened(one.text, draw))):
                if sentences:
                    made.append(Case(kind, one.text, draw.choice(sentences), one.passage))
            for kind, alter in alterations.items():
                base = draw.choice(others) if others and draw.random() < 0.5 else one.text
                wrong = alter(base, draw, pool(kind, text))
                if wrong and wrong != base:
                    made.append(Case(kind, one.text, wrong, one.passage))
        yield made, Evidence(passages, found, embedder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", default="reading", choices=("reading", "chunking"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--more", action="store_true", help="change what is said of a number, or how strongly")
    parser.add_argument("--misses", action="store_true", help="print every sentence that was judged wrongly")
    options = parser.parse_args()
    folder = options.data / options.set
    questions = [json.loads(line) for line in (folder / "questions.jsonl").open(encoding="utf-8")]
    random.Random(options.seed).shuffle(questions)  # noqa: S311
    alterations = OVERSTATEMENTS if options.more else ALTERATIONS
    outcome: dict[str, Counter[str]] = defaultdict(Counter)
    spent: list[float] = []
    with tempfile.TemporaryDirectory() as where, Library(Path(where) / "library") as library:
        library.add([folder / "documents"])
        for made, evidence in cases(library, questions, options.seed, alterations):
            if len(outcome) == len(alterations) + 2 and min(sum(one.values()) for one in outcome.values()) >= MOST:
                break
            for case in made:
                if sum(outcome[case.kind].values()) >= MOST:
                    continue
                began = time.perf_counter()
                verdict = evidence.check(case.sentence, {case.passage})
                spent.append(time.perf_counter() - began)
                outcome[case.kind][verdict.support] += 1
                if options.misses:
                    tell(case, verdict)
    for kind, counts in outcome.items():
        total = sum(counts.values())
        shares = ", ".join(f"{name} {100 * counts[name] / total:.1f}" for name in ("supported", "weak", "unsupported"))
        print(f"{kind}: {total} sentences: {shares}")
    print(f"milliseconds a sentence, median: {1000 * statistics.median(spent):.1f}")


def tell(case: Case, verdict: Verdict) -> None:
    right = case.kind in ("paraphrased", "shortened")
    if (verdict.support == "supported") != right:
        premise = verdict.premise.text if verdict.premise else ""
        print(f"{case.kind} -> {verdict.support} {verdict.score:.2f} {verdict.reasons}")
        print(f"  {case.original}\n  {case.sentence}" + ("" if premise == case.original else f"\n  = {premise}"))


if __name__ == "__main__":
    main()
