"""Figures, curves, thresholds and intervals: counted by hand, and against scikit-learn."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from qa.errors import InputError
from qa.evaluation import KINDS, Quote, Record, bootstrap, curves, drawing
from qa.evaluation.figures import counted, figures, left_out
from qa.evaluation.threshold import suggest

from .made import mixed, record


def test_shares_are_of_the_questions_that_they_are_about() -> None:
    quotes = (Quote("/a", None, 1, 0, 3, "Ada", True), Quote("/a", None, 1, 9, 12, "Bob", False))
    records = [
        record(0.9, True, source="a", source_rank=1, answer_rank=2, cited_source=True, quotes=quotes),
        record(0.8, False, source="a", source_rank=6, answer_rank=0, cited_source=False, quotes=quotes[:1]),
        record(0.1, True, source="a", source_rank=0, answer_rank=5, cited_source=True),
        record(0.7, None, recall=0.5, precision=0.25, cited_span=True),
        record(0.6, None, answerable=False, kind="near"),
        record(0.2, None, answerable=False, kind="far"),
    ]
    found = {name: (round(one.value, 6), one.questions) for name, one in figures(records, 50).items()}
    assert found["source@1"] == (round(1 / 3, 6), 3)
    assert found["source@5"] == (round(1 / 3, 6), 3)
    assert found["passage@1"] == (0, 3)
    assert found["passage@5"] == (round(2 / 3, 6), 3)
    assert found["recall"] == (0.5, 1)
    assert found["precision"] == (0.25, 1)
    assert found["correct"] == (round(1 / 3, 6), 3)  # the third was refused
    assert found["correct_of_answered"] == (round(1 / 3, 6), 3)  # one right, one wrong, one that nothing answers
    assert found["verified"] == (round(2 / 3, 6), 2)  # of three quotes
    assert found["cited_source"] == (0.5, 2)
    assert found["cited_span"] == (1, 1)
    assert found["refused"] == (0.25, 4)
    assert found["false"] == (0.5, 2)
    assert found["false[near]"] == (1, 1)
    assert found["false[far]"] == (0, 1)


def test_ranking_and_brier_are_those_of_scikit_learn() -> None:
    records = mixed()
    truth = [one.answerable for one in records]
    confidence = [one.confidence for one in records]
    found = figures(records, 50)
    assert found["auroc"].value == pytest.approx(roc_auc_score(truth, confidence))
    assert found["brier"].value == pytest.approx(brier_score_loss(truth, confidence))


def test_a_draw_counts_a_question_as_often_as_it_was_drawn() -> None:
    records = mixed(30)
    counts = next(bootstrap.draws(len(records), 5))
    assert (counts.sum(axis=1) == len(records)).all()
    for row in counts:
        drawn = [one for one, times in zip(records, row, strict=True) for _ in range(int(times))]
        for name, one in counted(records).items():
            again = counted(drawn)[name].of(bootstrap.once(len(drawn)))
            assert one.of(row[np.newaxis])[0] == pytest.approx(again[0]), name


def test_calibration_and_risk_by_hand() -> None:
    records = [
        record(0.95, True),
        record(0.91, False),
        record(0.55, False),
        record(0.51, None, answerable=False),
        record(0.05, None),
    ]
    found = figures(records, 10)
    # Bins: two of 0.93 that are answerable, two of 0.53 of which one is, one of 0.05 that is.
    assert found["calibration_error"].value == pytest.approx((2 * 0.07 + 2 * 0.03 + 0.95) / 5)
    assert [(cut.answered, cut.wrong) for cut in curves.cuts(records)] == [(1, 0), (2, 1), (3, 2), (4, 3)]
    assert [cut.coverage for cut in curves.cuts(records)] == [0.25, 0.5, 0.75, 1]
    assert found["risk_coverage"].value == pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4) / 4)
    assert [one.questions for one in curves.reliability(records)] == [1, 0, 0, 0, 0, 2, 0, 0, 0, 2]


def test_questions_of_one_confidence_are_answered_together() -> None:
    records = [record(0.8, False), record(0.8, True), record(0.8, True), record(1.0, True), record(0.0, False)]
    assert [(cut.threshold, cut.answered, cut.wrong) for cut in curves.cuts(records)] == [
        (1.0, 1, 0),
        (0.8, 4, 1),
        (0.0, 5, 2),
    ]
    assert curves.cuts(records[::-1]) == curves.cuts(records)
    assert curves.reliability(records)[9].questions == 1


def test_what_a_model_did_not_say_is_answered_at_no_threshold() -> None:
    records = [record(0.9, True), record(0.2, False, answer="")]
    assert [(cut.answered, cut.coverage) for cut in curves.cuts(records)] == [(1, 0.5)]


def test_an_interval_is_as_wide_as_it_should_be() -> None:
    share, number = 0.3, 400
    records = [record(0.9, i < share * number) for i in range(number)]
    found = figures(records)["correct"]
    error = math.sqrt(share * (1 - share) / number)
    assert found.low == pytest.approx(share - 1.96 * error, abs=0.01)
    assert found.high == pytest.approx(share + 1.96 * error, abs=0.01)
    assert figures(records)["correct"] == found


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    generator = np.random.default_rng(7)
    held = 0
    for _ in range(200):
        records = [record(0.9, bool(right)) for right in generator.random(60) < 0.6]
        one = figures(records, 300)["correct"]
        held += one.low <= 0.6 <= one.high
    assert 0.88 <= held / 200 <= 0.99


def test_what_cannot_be_computed_is_named() -> None:
    for records in ([record(0.9, None)], [record(0.9, None, answerable=False)]):
        found = figures(records, 10)
        assert set(found) | set(left_out(found)) == set(KINDS)
        assert {"auroc", "recall", "source@1", "correct"} <= set(left_out(found))
        assert all(left_out(found).values())
        assert all(math.isfinite(value) for one in found.values() for value in (one.value, one.low, one.high))
    assert figures([]) == {}


def test_the_threshold_answers_most_while_enough_is_right() -> None:
    records = [record(0.9137, True), record(0.8812, False), *(record(0.7 + i / 1000, True) for i in range(8))]
    records += [record(0.3321, False), record(0.2, False)]
    found = suggest(records, 0.9)
    assert found
    assert found.reached
    assert 0.3321 < found.threshold <= 0.7
    assert (found.answered, found.right, found.precision, found.coverage) == (10, 9, 0.9, 10 / 12)
    assert found.coverage_low < found.coverage < found.coverage_high
    assert found.at_least == pytest.approx(0.5958, abs=1e-3)  # Wilson's interval for 9 of 10
    assert sum(one.confidence >= found.threshold for one in records) == found.answered


def test_a_precision_that_nothing_reaches() -> None:
    found = suggest([record(0.9, True), record(0.9, False), record(0.4, False)], 0.95)
    assert found
    assert not found.reached
    assert (found.precision, found.answered) == (0.5, 2)
    assert suggest([record(0.9, False), record(0.8, None)]) is None
    assert suggest([record(0.9, None)]) is None
    for wrong in (0, -1, 1.01, float("nan")):
        with pytest.raises(InputError):
            suggest([record(0.9, True)], wrong)


@pytest.mark.parametrize("close", [0.5, 0.123456789, 1e-12, 1 - 2**-53])
def test_a_suggested_threshold_parts_what_lies_close(close: float) -> None:
    above = float(np.nextafter(close, 2))
    found = suggest([record(above, True), record(close, False)], 1)
    assert found
    assert close < found.threshold <= above


def test_wilson() -> None:
    assert curves.at_least(0, 0) == 0
    assert curves.at_least(0, 10) == 0
    assert curves.at_least(10, 10) == pytest.approx(0.7225, abs=1e-4)  # Brown, Cai, DasGupta


def test_records_survive_json() -> None:
    full = record(0.5, True, span=(1, 2), source="a", found=("/a",), quotes=(Quote("/a", 2, 1, 0, 3, "Ada", True),))
    assert Record.from_dict({**full.to_dict(), "newer": 1}) == full
    for name, value in (
        ("confidence", 2),
        ("confidence", float("nan")),
        ("outcome", "x"),
        ("confidence", 10**400),
        ("recall", "x"),
        ("recall", float("nan")),
        ("precision", 10**400),
        ("measured", None),
        ("measured", "x"),
        ("answerable", "yes"),
        ("milliseconds", float("inf")),
        ("answer", 3),
        ("question", [1]),
        ("quotes", [{}]),
        ("span", [1]),
        ("history", [1]),
        ("found", 3),
    ):
        with pytest.raises(InputError):
            Record.from_dict({**full.to_dict(), name: value})
    with pytest.raises(InputError):
        Record.from_dict({})


@pytest.mark.parametrize("ascii_only", [True, False])
def test_the_drawings_fit_a_terminal(ascii_only: bool) -> None:
    for records in (mixed(), [record(0.5, True)], [record(1.0, False), record(0.0, False)], [record(0.3, None)]):
        curve, bins = curves.cuts(records), curves.reliability(records)
        suggestion = suggest(records)
        lines = drawing.risk_coverage(curve, 0.5, suggestion, ascii_only=ascii_only)
        assert bool(lines) == bool(curve)
        lines += drawing.reliability(bins, ascii_only=ascii_only)
        assert max(map(len, lines)) <= 80
        assert all(line.isascii() for line in lines) or not ascii_only
        assert all(line == line.rstrip() for line in lines)


def test_the_drawn_curve_is_as_high_as_the_risk() -> None:
    records = [record(0.9, True), record(0.8, False)]
    lines = drawing.risk_coverage(curves.cuts(records), 0.85, None)
    area = [line[8:].ljust(drawing.COLUMNS) for line in lines[: drawing.ROWS]]
    half = drawing.COLUMNS // 2
    assert all(row[:half].strip(" ▁") == "" and row[half:] == "█" * half for row in area)
    assert "^ set: 0.85" in lines[-1]
    assert lines[-1].index("^") - 8 == half


def test_requests_have_no_part_in_what_a_confidence_is_worth() -> None:
    records = mixed()
    lists = [
        replace(record(1.0, False, question=f"List {i}", line=99 + i), request="listing", measured=False)
        for i in range(9)
    ]
    alone, among = figures(records), figures([*records, *lists])
    for name in ("auroc", "brier", "calibration_error", "risk_coverage"):
        assert among[name].value == pytest.approx(alone[name].value)
        assert among[name].questions == alone[name].questions
    assert curves.reliability([*records, *lists]) == curves.reliability(records)
    assert curves.cuts([*records, *lists]) == curves.cuts(records)
    found, wanted = suggest([*records, *lists], 0.8), suggest(records, 0.8)
    assert found
    assert wanted
    assert (found.threshold, found.answered, found.coverage) == (wanted.threshold, wanted.answered, wanted.coverage)
    assert among["correct"].questions == alone["correct"].questions + len(lists)


def test_a_record_with_a_conversation_survives_json() -> None:
    one = record(0.7, True, history=({"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Ada."}))
    assert Record.from_dict(json.loads(json.dumps(one.to_dict()))) == one
