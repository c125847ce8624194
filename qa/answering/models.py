"""The two logistic regressions, and their coefficients as benchmarks/fit.py wrote them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from qa.answering.features import QUESTION, SENTENCE, Array


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression: probability = 1 / (1 + exp(-(features @ weights + intercept)))."""

    weights: Array
    intercept: float

    def __call__(self, features: Array) -> Array:
        """Probabilities for features of shape (n, len(weights)): shape (n,)."""
        # Features far outside of what was fitted must not overflow.
        return np.asarray(1 / (1 + np.exp(-np.clip(features @ self.weights + self.intercept, -30, 30))))


@dataclass(frozen=True, slots=True)
class Models:
    """sentence: that a candidate says the answer. confidence: that the documents answer at all.

    second, third: another sentence is quoted while the first has less than `second`, or both less than `third`.
    """

    sentence: Model
    confidence: Model
    second: float
    third: float


@cache
def models() -> Models:
    """The fitted models that come with Quoth."""
    return parsed(json.loads(Path(__file__).with_name("coefficients.json").read_text(encoding="utf-8")))


def parsed(found: Mapping[str, Any]) -> Models:
    """Models out of what benchmarks/fit.py wrote; a name that is missing weighs nothing, one too many is an error."""
    return Models(
        _model(found["sentence"], SENTENCE), _model(found["confidence"], QUESTION), found["second"], found["third"]
    )


def _model(found: Mapping[str, Any], names: Sequence[str]) -> Model:
    strange = set(found["weights"]) - set(names)
    if strange:
        raise ValueError(f"coefficients.json weighs features that are not computed: {sorted(strange)}; run fit.py")
    weights = np.array([float(found["weights"].get(name, 0.0)) for name in names])
    return Model(weights, float(found["intercept"]))
