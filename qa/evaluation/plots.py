"""The curves as a picture (PNG), drawn by matplotlib, which `pip install 'quoth[eval]'` brings."""

from __future__ import annotations

import importlib.util
import warnings
from io import BytesIO
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np

from qa import private
from qa.display import visible
from qa.errors import InputError, QuothError
from qa.evaluation import curves
from qa.evaluation.bootstrap import Array, draws
from qa.evaluation.result import Evaluation
from qa.places import absolute

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6b6b6b"
"""Of Okabe and Ito's colours, which people who see fewer colours tell apart."""

_COVERAGES = np.linspace(0.01, 1, 100)

_BAND = 500
"""Draws behind the shaded band."""


def require() -> None:
    """Raise QuothError where matplotlib is not installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise QuothError(
            "a picture needs matplotlib; run: pip install 'quoth[eval]' (everything else works without it)"
        )


def draw(evaluation: Evaluation, file: str | PathLike[str], title: str = "") -> None:
    """Write the risk-coverage curve and the reliability diagram, side by side, as PNG.

    Raises QuothError where matplotlib is missing, InputError where there is nothing to draw, or nowhere to write it.
    """
    require()
    if not evaluation.records:
        raise InputError("no question was asked, so there is nothing to draw")
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # half a second
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 5), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)  # draws without a display, whatever else is set
    left, right = figure.subplots(1, 2)
    if title:  # a name: neither TeX nor characters that are not drawn
        figure.suptitle(visible(title, one_line=True), fontsize=12, parse_math=False)
    _risk_coverage(left, evaluation)
    _reliability(right, evaluation)
    for axes in (left, right):
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        axes.grid(color="#dddddd", linewidth=0.7)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    path, drawn = absolute(file), BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a name in a script that the font does not have
        figure.savefig(drawn, format="png")
    try:
        private.write_atomically(path, drawn.getvalue())
    except OSError as error:
        raise InputError(f"the picture cannot be written to {path}: {error.strerror}") from None


def _risk_coverage(axes: Axes, evaluation: Evaluation) -> None:
    axes.set_title("Risk and coverage", loc="left", fontsize=11)
    axes.set_xlabel("questions that are answered")
    axes.set_ylabel("answers that are wrong")
    axes.set_ylim(0, 1)
    if not evaluation.curve:
        axes.text(0.5, 0.5, "no answer can be judged", ha="center", color=GREY)
        return
    low, high = _band(evaluation)
    known = ~np.isnan(low)
    axes.fill_between(
        _COVERAGES[known], low[known], high[known], color=BLUE, alpha=0.15, linewidth=0, label="95% of draws"
    )
    coverage, risk = [cut.coverage for cut in evaluation.curve], [cut.risk for cut in evaluation.curve]
    axes.plot([0, *coverage], [risk[0], *risk], color=BLUE, drawstyle="steps-pre", linewidth=1.8)
    set_to = next((cut for cut in reversed(evaluation.curve) if cut.threshold >= evaluation.setup.threshold), None)
    if set_to:
        label = f"threshold now, {evaluation.setup.threshold!r}"
        axes.plot(set_to.coverage, set_to.risk, "o", color=GREY, markersize=8, label=label, clip_on=False)
    if suggestion := evaluation.suggestion:
        label = f"suggested, {suggestion.threshold!r}"
        place = suggestion.coverage, 1 - suggestion.precision
        axes.plot(*place, "D", color=ORANGE, markersize=8, label=label, clip_on=False)
        axes.axhline(
            1 - suggestion.wanted,
            color=ORANGE,
            linewidth=1,
            linestyle="--",
            label=f"{100 - 100 * suggestion.wanted:.3g}% wrong",
        )
    highest = float(np.nanmax([*risk, *high[known]]))
    axes.set_ylim(0, min(1.03, max(0.1, 1.1 * highest)))
    axes.legend(loc="best", frameon=True, framealpha=0.9, edgecolor="none", fontsize=9)


def _reliability(axes: Axes, evaluation: Evaluation) -> None:
    axes.set_title("Reliability", loc="left", fontsize=11)
    axes.set_xlabel("confidence (the numbers: questions)")
    axes.set_ylabel("questions that the documents answer")
    axes.set_ylim(0, 1.08)  # room for the numbers above full bars
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--", label="as often as it says")
    full = [one for one in evaluation.bins if one.confidence is not None and one.answerable is not None]
    heights = [one.answerable or 0.0 for one in full]
    middles = [(one.low + one.high) / 2 for one in full]
    axes.bar(middles, heights, width=1 / curves.BINS, color=BLUE, alpha=0.3, edgecolor=BLUE, linewidth=0.8)
    means = [one.confidence or 0.0 for one in full]
    axes.plot(means, heights, "o", color=BLUE, markersize=6, label="mean confidence of a bin", clip_on=False)
    for one, middle, height in zip(full, middles, heights, strict=True):
        axes.annotate(
            f"{one.questions:,}",
            (middle, height),
            (0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            color=GREY,
        )
    axes.legend(loc="upper left", frameon=True, framealpha=0.9, edgecolor="none", fontsize=9)


def _band(evaluation: Evaluation) -> tuple[Array, Array]:
    """Between what 95% of the draws lie at each coverage; NaN where fewer than half of them reach it."""
    facts = curves.selective(evaluation.records)
    number = len(evaluation.records)
    risks = np.concatenate(
        [curves.risk_at(*facts, _COVERAGES, counts) for counts in draws(number, _BAND, evaluation.setup.seed)]
    )
    low, high = np.full(len(_COVERAGES), np.nan), np.full(len(_COVERAGES), np.nan)
    seen = np.flatnonzero((~np.isnan(risks)).mean(axis=0) >= 0.5)
    low[seen], high[seen] = np.nanquantile(risks[:, seen], [0.025, 0.975], axis=0)
    return low, high
