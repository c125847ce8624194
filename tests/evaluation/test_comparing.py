"""Two runs of the same questions."""

from __future__ import annotations

from dataclasses import replace

from qa.evaluation import compare

from .made import mixed, record


def test_a_run_is_the_same_as_itself() -> None:
    found = compare(mixed(), mixed(), 100)
    assert (found.paired, found.only_before, found.only_after) == (60, 0, 0)
    assert {one.verdict for one in found.differences} == {"same"}
    assert found.lost == found.won == ()


def test_what_changed_is_told_with_how_sure_that_is() -> None:
    before = [record(0.9, i % 2 == 0, question=f"{i}?", line=i) for i in range(100)]
    after = [record(0.9, i % 2 == 0 or i < 60, question=f"{i}?", line=i) for i in range(100)]
    after[98] = record(0.9, False, question="98?", line=98)
    found = compare(before, after)
    correct = next(one for one in found.differences if one.name == "correct")
    assert (round(correct.before, 6), round(correct.after, 6), round(correct.difference, 6)) == (0.5, 0.79, 0.29)
    assert correct.low < 0.29 < correct.high
    assert correct.verdict == "better"
    assert {one.name: one.verdict for one in found.differences}["risk_coverage"] == "better"
    assert [one.line for one in found.lost] == [98]
    assert len(found.won) == 30
    back = compare(after, before)
    assert {one.name: one.verdict for one in back.differences}["correct"] == "worse"


def test_pairing_makes_a_small_change_sure_that_two_runs_apart_would_not() -> None:
    before = [record(0.9, i % 2 == 0, question=f"{i}?") for i in range(200)]
    after = [replace(one, right=True, outcome="right") if i in range(1, 20, 2) else one for i, one in enumerate(before)]
    correct = next(one for one in compare(before, after).differences if one.name == "correct")
    assert correct.verdict == "better"  # 5 points, where each run alone is known to 7


def test_only_the_same_question_with_the_same_answers_is_a_pair() -> None:
    one = record(0.9, True, question="a?")
    assert compare([one], [replace(one, line=9, kind="x")], 10).paired == 1
    for other in (
        replace(one, question="b?"),
        replace(one, answers=("Bob",)),
        replace(one, history=({"role": "user", "content": "x"},)),
        replace(one, span=(1, 2)),
    ):
        found = compare([one], [other], 10)
        assert (found.paired, found.only_before, found.only_after, found.differences) == (0, 1, 1, ())


def test_a_question_that_comes_twice_is_paired_in_order() -> None:
    twice = [record(0.9, True), record(0.8, False)]
    found = compare(twice, [*twice, record(0.7, True)], 10)
    assert (found.paired, found.only_after) == (2, 1)
    assert found.lost == found.won == ()
