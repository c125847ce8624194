"""The coefficients that come with Quoth fit the features that are computed."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files

import pytest

from qa.answering.features import QUESTION, SENTENCE
from qa.answering.models import models, parsed


def stored() -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, dict[str, dict[str, float]]] = json.loads(
        files("qa.answering").joinpath("coefficients.json").read_text(encoding="utf-8")
    )
    return found


def test_every_feature_has_its_weight() -> None:
    found = stored()
    assert list(found["sentence"]["weights"]) == list(SENTENCE)
    assert list(found["confidence"]["weights"]) == list(QUESTION)
    fitted = models()
    assert 0 < fitted.third <= fitted.second < 1


def test_a_weight_for_a_feature_that_is_not_computed_is_an_error() -> None:
    found = stored()
    found["sentence"]["weights"]["moon_phase"] = 1.0
    with pytest.raises(ValueError, match="moon_phase"):
        parsed(found)


def test_answering_does_not_import_what_fitting_needs() -> None:
    code = "import sys, qa.answering.quotes; sys.exit('sklearn' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
