"""Two runs of the same questions: what differs, how sure that is, and which questions changed sides.

The questions of both runs are drawn together (a paired bootstrap: P. Koehn, EMNLP 2004), so that what makes a question
hard in both cancels out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from qa.evaluation.bootstrap import DRAWS, SEED, Array, Statistic, interval, once, resampled
from qa.evaluation.figures import counted, kind_of
from qa.evaluation.records import Record


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of both runs over the questions that both have, and how much higher the later is, with its interval."""

    name: str
    before: float
    after: float
    difference: float
    low: float
    high: float

    @property
    def verdict(self) -> Literal["same", "better", "worse", "unsure"]:
        """Whether it changed for the better; "unsure" where the interval holds zero."""
        if self.low == self.high == 0:
            return "same"
        if self.low <= 0 <= self.high:
            return "unsure"
        return "better" if (self.low > 0) == (kind_of(self.name).better == "higher") else "worse"

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values, and the verdict."""
        return {**asdict(self), "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against an earlier one.

    paired: how many questions both have, with the same expectations. only_before, only_after: how many the other has
    not. lost, won: records of the later run that were right before and are not now, and the other way round.
    """

    paired: int
    only_before: int
    only_after: int
    differences: tuple[Difference, ...]
    lost: tuple[Record, ...]
    won: tuple[Record, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; of questions that changed, their text and line."""
        return {
            "paired": self.paired,
            "only_before": self.only_before,
            "only_after": self.only_after,
            "differences": {one.name: one.to_dict() for one in self.differences},
            "right_to_wrong": [{"line": one.line, "question": one.question} for one in self.lost],
            "wrong_to_right": [{"line": one.line, "question": one.question} for one in self.won],
        }


def compare(before: Sequence[Record], after: Sequence[Record], draws: int = DRAWS, seed: int = SEED) -> Comparison:
    """Compare two runs over the questions that are in both; one that comes twice is paired in its order."""
    earlier, later = _numbered(before), _numbered(after)
    both = [key for key in later if key in earlier]
    pairs = [(earlier[key], later[key]) for key in both]
    return Comparison(
        len(both),
        len(earlier) - len(both),
        len(later) - len(both),
        _differences([one for one, _ in pairs], [other for _, other in pairs], draws, seed) if pairs else (),
        tuple(other for one, other in pairs if one.correct and other.correct is False),
        tuple(other for one, other in pairs if one.correct is False and other.correct),
    )


def _numbered(records: Sequence[Record]) -> dict[tuple[object, int], Record]:
    """The records by what was asked and how often it had come before."""
    seen: Counter[object] = Counter()
    found: dict[tuple[object, int], Record] = {}
    for record in records:
        found[record.asked, seen[record.asked]] = record
        seen[record.asked] += 1
    return found


def _differences(before: Sequence[Record], after: Sequence[Record], draws: int, seed: int) -> tuple[Difference, ...]:
    earlier, later = counted(before), counted(after)
    names = [name for name in later if name in earlier]

    def less(name: str) -> Statistic:
        def of(counts: Array) -> Array:
            return later[name].of(counts) - earlier[name].of(counts)

        return of

    whole = once(len(after))
    values = resampled({name: less(name) for name in names}, len(after), draws, seed)
    found = []
    for name in names:
        was, now = float(earlier[name].of(whole)[0]), float(later[name].of(whole)[0])
        found.append(Difference(name, was, now, now - was, *interval(values[name])))
    return tuple(found)
