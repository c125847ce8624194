"""From which confidence on to answer, for answers that are right as often as is wanted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from qa.errors import InputError
from qa.evaluation.bootstrap import DRAWS, SEED, Array, interval, resampled
from qa.evaluation.curves import at_least, cuts
from qa.evaluation.records import Record

PRECISION = 0.95


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The threshold that answers the most questions while so many of the answers are right.

    wanted: that share. reached: whether any threshold reaches it; if not, this is the one of the highest precision.
    threshold: for the setting answer.threshold. precision: the share of the answered that is right with it;
    at_least: the lower end of its 95% interval (Wilson's). coverage: the share of the questions that is answered, with
    its interval. answered, right: in questions. All of it is measured on the questions that the threshold was chosen
    on, so others do a little worse; and it holds for as many unanswerable questions among them as here.
    """

    wanted: float
    reached: bool
    threshold: float
    precision: float
    at_least: float
    coverage: float
    coverage_low: float
    coverage_high: float
    answered: int
    right: int

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values."""
        return asdict(self)


def checked_precision(precision: float) -> float:
    """The wanted precision, if it is one. Raises InputError."""
    if not 0 < precision <= 1:
        raise InputError(f"a precision is a share above 0 and up to 1, such as 0.95, not {precision!r}")
    return precision


def suggest(
    records: Sequence[Record], precision: float = PRECISION, draws: int = DRAWS, seed: int = SEED
) -> Suggestion | None:
    """The threshold for a precision; None where no answer is known to be right. Raises InputError."""
    checked_precision(precision)
    curve = cuts(records)
    if all(cut.answered == cut.wrong for cut in curve):
        return None
    enough = [cut for cut in curve if cut.answered - cut.wrong >= precision * cut.answered - 1e-9]
    best = enough[-1] if enough else min(reversed(curve), key=lambda cut: cut.risk)
    others = [one.confidence for one in records if one.measured and one.confidence < best.threshold]
    judged = np.array([one.right is not None and one.measured for one in records], dtype=np.float64)
    passing = judged * [bool(record.answer) and record.confidence >= best.threshold for record in records]

    def coverage(counts: Array) -> Array:
        with np.errstate(invalid="ignore"):
            return np.asarray((counts @ passing) / (counts @ judged))

    low, high = interval(resampled({"coverage": coverage}, len(records), draws, seed)["coverage"])
    right = best.answered - best.wrong
    return Suggestion(
        wanted=precision,
        reached=bool(enough),
        threshold=_between(max(others, default=-1.0), best.threshold),
        precision=1 - best.risk,
        at_least=at_least(right, best.answered),
        coverage=best.coverage,
        coverage_low=low,
        coverage_high=high,
        answered=best.answered,
        right=right,
    )


def _between(below: float, reached: float) -> float:
    """The shortest decimal above the one and up to the other, so that a person can write it down."""
    for digits in range(2, 17):
        rounded = math.floor(reached * 10.0**digits) / 10.0**digits
        if below < rounded <= reached:
            return rounded
    return reached
