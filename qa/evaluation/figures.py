"""Records -> figures, each with its interval; what cannot be computed from what the file gives is named instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from qa.evaluation import curves
from qa.evaluation.bootstrap import DRAWS, SEED, Array, Statistic, interval, once, resampled
from qa.evaluation.records import Record

Group = Literal["retrieval", "answers", "citations", "abstention"]

FIRST = 5
"""Passages among which the right one is looked for; fewer where the setting retrieval.k is lower."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a figure is.

    label: in words. share: whether it is a share, shown in percent. better: which way is better. needs: what of the
    questions it is computed from, for when there is none.
    """

    name: str
    group: Group
    label: str
    needs: str
    share: bool = True
    better: Literal["higher", "lower"] = "higher"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its value, the ends of its interval, and how many questions it is of."""

    name: str
    value: float
    low: float
    high: float
    questions: int

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure that can be computed for any draw of the questions; questions: of how many of them."""

    kind: Kind
    of: Statistic
    questions: int


_SOURCE, _ANSWERS, _SPAN = "no question has a source", "no question has answers", "no question has a span"
_REQUESTS = "no question was taken for one about a fact"
_ANSWERED, _UNANSWERABLE = "no question was answered", "every question is answerable"

KINDS = {
    kind.name: kind
    for kind in (
        Kind("source@1", "retrieval", "right source first", _SOURCE),
        Kind("source@5", "retrieval", f"right source among the first {FIRST}", _SOURCE),
        Kind("passage@1", "retrieval", "answer in the first passage", _ANSWERS),
        Kind("passage@5", "retrieval", f"answer in the first {FIRST} passages", _ANSWERS),
        Kind("recall", "retrieval", "of the span, what was found", _SPAN),
        Kind("precision", "retrieval", "of what was found, the span", _SPAN),
        Kind("correct", "answers", "answered right", _ANSWERS),
        Kind("correct_of_answered", "answers", "right, of what was answered", "no answer can be judged"),
        Kind("words", "answers", "words of an answer", _ANSWERED, share=False, better="lower"),
        Kind("verified", "citations", "quotes that the document has", "nothing was cited"),
        Kind("cited_source", "citations", "citing the right source", "no answer to a question with a source"),
        Kind("cited_span", "citations", "citing the span", "no answer to a question with a span"),
        Kind("refused", "abstention", "answerable, not answered", "no question is answerable", better="lower"),
        Kind("false", "abstention", "not answerable, answered", _UNANSWERABLE, better="lower"),
        Kind("auroc", "abstention", "confidence ranks them (AUROC)", "all are answerable, or none is", share=False),
        Kind("brier", "abstention", "Brier score", _REQUESTS, share=False, better="lower"),
        Kind("calibration_error", "abstention", "expected calibration error", _REQUESTS, share=False, better="lower"),
        Kind(
            *("risk_coverage", "abstention", "area under risk and coverage", "no answer can be judged"),
            share=False,
            better="lower",
        ),
    )
}
"""Every figure, in the order in which they are shown."""


def counted(records: Sequence[Record]) -> dict[str, Counted]:
    """The figures that these records allow, by name, in the order of `KINDS`; those of a kind of questions follow."""
    found = {name: _counted(KINDS[name], records, pairs) for name, pairs in _PAIRS.items()}
    confidence = np.array([record.confidence for record in records])
    answerable = np.array([record.answerable for record in records], dtype=np.float64)
    measured = np.array([record.measured for record in records], dtype=np.float64)
    judged, offered, wrong, _ = curves.selective(records)
    every, positive = int(measured.sum()), int((answerable * measured).sum())
    found["auroc"] = Counted(
        KINDS["auroc"],
        curves.area_under_roc(answerable * measured, (1 - answerable) * measured, confidence),
        every if 0 < positive < every else 0,
    )
    found["brier"] = _counted(KINDS["brier"], records, _squared)
    found["calibration_error"] = Counted(
        KINDS["calibration_error"], curves.calibration_error(answerable, confidence, measured), every
    )
    found["risk_coverage"] = Counted(
        KINDS["risk_coverage"],
        curves.area_under_risk(judged, offered, wrong, confidence),
        int(judged.sum()) if (judged * offered).any() else 0,
    )
    found |= {one.kind.name: one for one in _by_kind(records)}
    ordered = sorted(found, key=lambda name: list(KINDS).index(name.partition("[")[0]))
    return {name: found[name] for name in ordered if found[name].questions}


def figures(records: Sequence[Record], draws: int = DRAWS, seed: int = SEED) -> dict[str, Figure]:
    """The figures of these records by name, each with its 95% interval; none for no records."""
    if not records:
        return {}
    here, of = counted(records), once(len(records))
    values = resampled({name: one.of for name, one in here.items()}, len(records), draws, seed)
    return {
        name: Figure(name, float(one.of(of)[0]), *interval(values[name]), one.questions) for name, one in here.items()
    }


def left_out(names: Iterable[str]) -> dict[str, str]:
    """What there is no figure of although there could be, and why; names: the figures that there are."""
    have = set(names)
    return {name: kind.needs for name, kind in KINDS.items() if name not in have}


def kind_of(name: str) -> Kind:
    """What the figure of this name is; "false[near]" is "false" of the questions of the kind near."""
    if name in KINDS:
        return KINDS[name]
    base, _, which = name.partition("[")
    kind = KINDS[base]
    return Kind(name, kind.group, f"  of the kind {which.removesuffix(']')}", kind.needs, kind.share, kind.better)


_Pair = tuple[float, float] | None
"""What a question adds to a figure, above and below the line; None where it has no part in it."""


def _counted(kind: Kind, records: Sequence[Record], pair: Callable[[Record], _Pair]) -> Counted:
    pairs = [pair(record) for record in records]
    above = np.array([one[0] if one else 0.0 for one in pairs], dtype=np.float64)
    below = np.array([one[1] if one else 0.0 for one in pairs], dtype=np.float64)
    return Counted(kind, _ratio(above, below), int(np.count_nonzero(below)))


def _ratio(above: Array, below: Array) -> Statistic:
    def of(counts: Array) -> Array:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((counts @ above) / (counts @ below))

    return of


def _share(value: float | None) -> _Pair:
    return None if value is None else (float(value), 1)


def _within(rank: int | None, most: int) -> _Pair:
    return None if rank is None else (float(0 < rank <= most), 1)


def _answered(record: Record) -> bool:
    return record.status == "answered"


def _correct(record: Record) -> _Pair:
    return _share(record.outcome == "right") if record.answerable and record.answers else None


def _squared(record: Record) -> _Pair:
    return ((record.confidence - record.answerable) ** 2, 1) if record.measured else None


def _false(record: Record) -> _Pair:
    return None if record.answerable else _share(_answered(record))


_PAIRS: Mapping[str, Callable[[Record], _Pair]] = {
    "source@1": lambda one: _within(one.source_rank, 1),
    "source@5": lambda one: _within(one.source_rank, FIRST),
    "passage@1": lambda one: _within(one.answer_rank, 1),
    "passage@5": lambda one: _within(one.answer_rank, FIRST),
    "recall": lambda one: _share(one.recall),
    "precision": lambda one: _share(one.precision),
    "correct": _correct,
    "correct_of_answered": lambda one: _share(one.right) if _answered(one) else None,
    "words": lambda one: (len(one.answer.split()), 1) if _answered(one) else None,
    "verified": lambda one: (sum(q.verified for q in one.quotes), len(one.quotes)) if _answered(one) else None,
    "cited_source": lambda one: _share(one.cited_source) if _answered(one) else None,
    "cited_span": lambda one: _share(one.cited_span) if _answered(one) else None,
    "refused": lambda one: _share(not _answered(one)) if one.answerable else None,
    "false": _false,
}
"""The figures that are a sum over questions divided by another."""


def _by_kind(records: Sequence[Record]) -> Iterator[Counted]:
    """How many of each kind were answered right, or answered although nothing does; none where there is one kind."""
    pairs: Mapping[str, Callable[[Record], _Pair]] = {"correct": _correct, "false": _false}
    for base, pair in pairs.items():
        kinds = dict.fromkeys(record.kind for record in records if record.kind is not None and pair(record))
        others = any(record.kind is None and pair(record) for record in records)
        for which in kinds if len(kinds) + others > 1 else ():
            name = f"{base}[{which}]"
            yield _counted(kind_of(name), records, partial(_of_kind, which, pair))


def _of_kind(which: str, pair: Callable[[Record], _Pair], record: Record) -> _Pair:
    return pair(record) if record.kind == which else None
