"""Names in each other's place."""

from __future__ import annotations

import pytest

from qa.answering.roles import swapped

SAID = "When Anna Lind crossed the ice in 1901, Bert Holm said in Oslo that she had two maps of Carl Moe."


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("When Bert Holm crossed the ice in 1901, Anna Lind said in Oslo that she had two maps of Carl Moe.", SAID),
        ("France defeated Norway.", "Norway defeated France."),
        ("The mayor of Oslo moved to Bergen.", "The mayor of Bergen moved to Oslo."),
        ("Oslo met Anna Lind in Paris.", "Paris met Anna Lind in Oslo."),
    ],
)
def test_who_did_what_to_whom_the_other_way_round_is_seen(claim: str, said: str) -> None:
    assert swapped(claim, said)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (SAID, SAID),
        ("In Oslo, Anna Lind met Bert Holm.", "Anna Lind met Bert Holm in Oslo."),
        ("Bert Holm and Anna Lind met.", "Anna Lind and Bert Holm met."),
        ("Norway was defeated by France.", "France defeated Norway."),
        ("Anna Lind met Bert Holm.", "Anna Lind, who was rich, met Bert Holm."),
    ],
)
def test_the_same_in_another_order_is_not(claim: str, said: str) -> None:
    assert not swapped(claim, said)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Kim met Trump in Hanoi.", "Trump met Kim in Hanoi."),
        ("Alma Berg married Otto Holm in 1931.", "In 1931 Otto Holm and his wife Alma Berg married."),
    ],
)
def test_of_what_two_do_together_either_may_come_first(claim: str, said: str) -> None:
    assert not swapped(claim, said)
