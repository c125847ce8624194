"""How far a figure would move with other questions of the same sort: the percentile bootstrap.

The questions are drawn again, as many as there are, with replacement; the figure is computed for each draw; the middle
95% of what comes out is the interval (B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13).
It takes the questions as drawn independently, and is too narrow where there are few of them: where all of ten were
right, every draw is right too, and the interval has no width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Statistic = Callable[[Array], Array]
"""A figure of draws: how often each question is in a draw, shape (draws, questions), -> its value, shape (draws,); NaN
where a draw has no question that it can be computed from."""

DRAWS, SEED, LEVEL = 2000, 0, 0.95

_BLOCK = 2_000_000
"""Numbers held at once; the draws are taken in blocks of so many."""


def once(questions: int) -> Array:
    """The draw that is the questions as they are, shape (1, questions)."""
    return np.ones((1, questions))


def draws(questions: int, number: int = DRAWS, seed: int = SEED) -> Iterator[Array]:
    """How often each question is in each draw, in blocks of shape (some draws, questions); the same for a seed."""
    generator, block = np.random.default_rng(seed), max(1, _BLOCK // questions)
    for done in range(0, number, block):
        size = min(block, number - done)
        # Which one is drawn has the same chance for each: counting them is a multinomial draw, and quicker.
        picked = generator.integers(questions, size=(size, questions)) + np.arange(size)[:, np.newaxis] * questions
        counts = np.bincount(picked.ravel(), minlength=size * questions)
        yield counts.reshape(size, questions).astype(np.float64)


def resampled(
    figures: Mapping[str, Statistic], questions: int, number: int = DRAWS, seed: int = SEED
) -> dict[str, Array]:
    """The values of each figure over the draws, which are the same for all figures; shape (number,)."""
    values: dict[str, list[Array]] = {name: [] for name in figures}
    for block in draws(questions, number, seed):
        for name, figure in figures.items():
            values[name].append(figure(block))
    return {name: np.concatenate(parts) for name, parts in values.items()}


def interval(values: Array, level: float = LEVEL) -> tuple[float, float]:
    """The middle of the values that holds this share of them; draws without a value are left out."""
    known = values[~np.isnan(values)]
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
