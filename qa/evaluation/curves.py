"""What a confidence is worth: ranking, calibration, and answering only from some confidence on.

Everything here is computed for many draws of the bootstrap at once: `counts` says how often each question is in each
draw, shape (draws, questions), as in `bootstrap.Statistic`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.evaluation.bootstrap import Array, Statistic, once
from qa.evaluation.records import Record

Indices = NDArray[np.intp]

BINS = 10

Z = 1.959963984540054
"""The 97.5% quantile of the normal distribution, for an interval of 95%."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What comes of answering from a confidence on.

    threshold: that confidence. answered: judged questions that are answered then; wrong: of these.
    coverage: the share of the judged questions that is answered. risk: the share of the answered that is wrong.
    """

    threshold: float
    answered: int
    wrong: int
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose confidence lies in [low, high) (the last bin holds 1 too).

    confidence: their mean confidence. answerable: the share of them that the documents answer. None without questions.
    """

    low: float
    high: float
    questions: int
    confidence: float | None
    answerable: float | None


def area_under_roc(positive: Array, negative: Array, confidence: Array) -> Statistic:
    """The chance that a positive question has the higher confidence than a negative one, a tie counting half.

    positive, negative: 1 for the questions that are one, else 0. It is the Mann-Whitney statistic (J. A. Hanley, B. J.
    McNeil, Radiology 143, 1982).
    """
    order, starts = _by_confidence(confidence)

    def of(counts: Array) -> Array:
        good = np.add.reduceat((counts * positive)[:, order], starts, axis=1)
        bad = np.add.reduceat((counts * negative)[:, order], starts, axis=1)
        above = bad.sum(axis=1, keepdims=True) - np.cumsum(bad, axis=1)  # those of a lower confidence
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((good * (above + bad / 2)).sum(axis=1) / (good.sum(axis=1) * bad.sum(axis=1)))

    return of


def calibration_error(truth: Array, confidence: Array, measured: Array) -> Statistic:
    """The expected calibration error: how far confidence and truth are apart in ten bins of equal width, on average.

    measured: 1 for the questions whose confidence counts, else 0.
    M. P. Naeini, G. F. Cooper, M. Hauskrecht, AAAI 2015; C. Guo et al., ICML 2017.
    """
    bins = (_bins(confidence)[:, np.newaxis] == np.arange(BINS)).astype(np.float64)

    def of(counts: Array) -> Array:
        # In a bin, n * |mean confidence - share of true ones| = |sum of their differences|.
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(
                np.abs((counts * measured * (confidence - truth)) @ bins).sum(axis=1) / (counts @ measured)
            )

    return of


def area_under_risk(judged: Array, offered: Array, wrong: Array, confidence: Array) -> Statistic:
    """The area under the risk-coverage curve: the mean risk over the coverages that are reached, of a step at each cut.

    R. El-Yaniv, Y. Wiener, JMLR 11, 2010; Y. Geifman, G. Uziel, R. El-Yaniv, ICLR 2019. Arguments as in `_steps`.
    """

    def of(counts: Array) -> Array:
        answered, missed = _steps(judged, offered, wrong, confidence, counts)
        new = np.diff(answered, axis=1, prepend=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            risk = np.where(answered > 0, missed / answered, 0)
            return np.asarray((risk * new).sum(axis=1) / answered[:, -1])

    return of


def risk_at(judged: Array, offered: Array, wrong: Array, confidence: Array, coverages: Array, counts: Array) -> Array:
    """The risk at each coverage, of the first cut that reaches it; NaN where none does. Shape (draws, coverages)."""
    answered, missed = _steps(judged, offered, wrong, confidence, counts)
    total = (counts * judged).sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage, risk = answered / total, np.where(answered > 0, missed / answered, np.nan)
    first = np.stack([(coverage < wanted - 1e-12).sum(axis=1) for wanted in coverages], axis=1)
    picked = np.take_along_axis(risk, np.minimum(first, risk.shape[1] - 1), axis=1)
    return np.asarray(np.where(first < risk.shape[1], picked, np.nan))


def cuts(records: Sequence[Record]) -> tuple[Cut, ...]:
    """The risk-coverage curve: a cut at each confidence at which something was answered or would be, from the highest.

    Judged are the questions of which it is known whether what is said is right; to answer one that the documents do
    not answer is wrong.
    """
    judged, offered, wrong, confidence = selective(records)
    if not (judged * offered).any():
        return ()
    answered, missed = _steps(judged, offered, wrong, confidence, once(len(records)))
    order, starts = _by_confidence(confidence)
    found, before, total = [], 0, int(judged.sum())
    for threshold, known, bad in zip(confidence[order][starts], answered[0], missed[0], strict=True):
        if known > before:
            found.append(Cut(float(threshold), int(known), int(bad), float(known) / total, float(bad / known)))
        before = int(known)
    return tuple(found)


def selective(records: Sequence[Record]) -> tuple[Array, Array, Array, Array]:
    """Of each question 1 or 0: it is judged, something is or would be said, that is wrong; and its confidence.

    Judged are only those whose confidence is a probability.
    """
    return (
        np.array([record.right is not None and record.measured for record in records], dtype=np.float64),
        np.array([bool(record.answer) for record in records], dtype=np.float64),
        np.array([record.right is False for record in records], dtype=np.float64),
        np.array([record.confidence for record in records], dtype=np.float64),
    )


def reliability(records: Sequence[Record]) -> tuple[Bin, ...]:
    """The bins of the reliability diagram: how often the documents answer, by confidence, where it is measured."""
    records = [record for record in records if record.measured]
    confidence = np.array([record.confidence for record in records])
    truth = np.array([record.answerable for record in records], dtype=np.float64)
    which, found = _bins(confidence), []
    for number in range(BINS):
        here = which == number
        means = (float(confidence[here].mean()), float(truth[here].mean())) if here.any() else (None, None)
        found.append(Bin(number / BINS, (number + 1) / BINS, int(here.sum()), *means))
    return tuple(found)


def at_least(successes: int, trials: int, z: float = Z) -> float:
    """The lower end of Wilson's interval for a share, which holds for few trials too; 0 without any.

    E. B. Wilson, JASA 22, 1927; L. D. Brown, T. T. Cai, A. DasGupta, Statistical Science 16, 2001.
    """
    if not trials:
        return 0.0
    share, square = successes / trials, z * z
    spread = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return max(0.0, (share + square / (2 * trials) - spread) / (1 + square / trials))


def _steps(judged: Array, offered: Array, wrong: Array, confidence: Array, counts: Array) -> tuple[Array, Array]:
    """Judged questions that are answered, and wrong ones of these, at each different confidence, from the highest."""
    order, starts = _by_confidence(confidence)
    answered = np.add.reduceat((counts * (judged * offered))[:, order], starts, axis=1)
    missed = np.add.reduceat((counts * (judged * offered * wrong))[:, order], starts, axis=1)
    return np.cumsum(answered, axis=1), np.cumsum(missed, axis=1)


def _by_confidence(confidence: Array) -> tuple[Indices, Indices]:
    """The questions from the highest confidence on, and where in that order each different confidence begins."""
    order = np.argsort(-confidence, kind="stable")
    starts = np.flatnonzero(np.diff(confidence[order], prepend=np.inf))
    return order, starts


def _bins(confidence: Array) -> Indices:
    return np.minimum((confidence * BINS).astype(np.intp), BINS - 1)
