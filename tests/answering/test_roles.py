"""Names in each other's place."""

from __future__ import annotations

import re

import pytest

from qa.answering.opposites import opposed
from qa.answering.roles import swapped

SAID = "When Anna Lind crossed the ice in 1901, Bert Holm said in Oslo that she had two maps of Carl Moe."


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("When Bert Holm crossed the ice in 1901, Anna Lind said in Oslo that she had two maps of Carl Moe.", SAID),
        ("France defeated Norway.", "Norway defeated France."),
        ("The mayor of Oslo moved to Bergen.", "The mayor of Bergen moved to Oslo."),
        ("Oslo met Anna Lind in Paris.", "Paris met Anna Lind in Oslo."),
        # What is the same for the pair that met says nothing of who sued.
        ("Otto Holm met Trump and sued Kim.", "Kim met Trump and sued Otto Holm."),
        ("Trump met Kim and sued him.", "Kim met Trump and sued him."),
        ("Trump met with Kim, then left for Oslo.", "Kim met with Trump, then left for Oslo."),
        ("Kim met Moon after Otto Holm defeated Trump.", "Kim met Moon after Trump defeated Otto Holm."),
        ("Bert Holm is older than Anna Lind.", "Anna Lind is older than Bert Holm."),
        ("Anna Lind arrived before Bert Holm.", "Bert Holm arrived before Anna Lind."),
        ("The harbour is larger than the town.", "The town is larger than the harbour."),
        ("After the talks, the dinner was held.", "The talks were held after the dinner."),
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
        (
            "The oak is older than the elm, and the elm is older than the ash.",
            "The elm is older than the ash, and the oak is older than the elm.",
        ),
    ],
)
def test_the_same_in_another_order_is_not(claim: str, said: str) -> None:
    assert not swapped(claim, said)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Kim met Trump in Hanoi.", "Trump met Kim in Hanoi."),
        ("Alma Berg married Otto Holm in 1931.", "In 1931 Otto Holm and his wife Alma Berg married."),
        ("Kim met with Trump in Hanoi.", "Trump met Kim in Hanoi."),
        ("Kim met with Trump in Hanoi.", "Trump met with Kim in Hanoi."),
        ("Trump met with Kim Jong-un in Hanoi.", "Kim Jong-un met Trump in Hanoi."),
        ("Kim talked with Moon about Trump.", "Moon talked with Kim about Trump."),
        ("Norway negotiated with Sweden in 1905.", "Sweden negotiated with Norway in 1905."),
        ("Norway borders on Sweden.", "Sweden borders on Norway."),
        ("Bergen is adjacent to Voss.", "Voss is adjacent to Bergen."),
    ],
)
def test_of_what_two_do_together_either_may_come_first(claim: str, said: str) -> None:
    assert not swapped(claim, said)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Oslo is larger than Bergen.", "Bergen is smaller than Oslo."),
        ("Anna Lind arrived before Bert Holm.", "Bert Holm arrived after Anna Lind."),
        ("In 1901 Anna Lind was older than Bert Holm.", "Bert Holm was younger than Anna Lind in 1901."),
        ("Moss lies south of Oslo.", "Oslo lies north of Moss."),
        ("France won against Norway.", "Norway lost to France."),
    ],
)
def test_a_converse_says_the_same_of_two_and_its_opposite_is_seen(claim: str, said: str) -> None:
    assert not swapped(claim, said)
    assert opposed(claim, said) is None
    first, second = (
        match[0] for match in re.finditer(r"Anna Lind|Bert Holm|[A-Z][a-z]+(?= |[.]$)", claim) if match[0] != "In"
    )
    untrue = claim.replace(first, "X").replace(second, first).replace("X", second)
    assert swapped(untrue, said) or opposed(untrue, said)
