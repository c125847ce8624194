"""One says it more strongly, or of more things, than the other."""

from __future__ import annotations

import pytest

from qa.answering.strength import stronger

RECEIPT = "Users should keep the receipt. The warranty may be extended, and employees can work from home."
VILLAGES = "Some of the villages were destroyed, and most of the bridges survived."


@pytest.mark.parametrize(
    ("said", "claim", "why"),
    [
        (RECEIPT, "Users must keep the receipt.", "“should” and not “must”"),
        (RECEIPT, "The warranty will be extended.", "“may” and not “will”"),
        (RECEIPT, "Employees must work from home.", "“can” and not “must”"),
        (VILLAGES, "All of the villages were destroyed.", "“some” and not “all”"),
        (VILLAGES, "Few bridges survived.", "“most” and not “few”"),
        ("Many of its genes were lost.", "All of its genes were lost.", "“many” and not “all”"),
        ("The charter could form the basis.", "The charter will form the basis.", "“could” and not “will”"),
        ("Members may use the pool.", "Only members may use the pool.", "“only” is not"),
    ],
)
def test_what_is_said_more_strongly_is_named(said: str, claim: str, why: str) -> None:
    assert why in (stronger(claim, said) or "")


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        (RECEIPT, "The receipt should be kept. The warranty can be extended."),
        (VILLAGES, "Several villages were destroyed, but most bridges survived."),
        ("The tenant shall give notice.", "The tenant must give notice."),
        ("The tenant shall give notice.", "The tenant will give notice."),
        ("Users may not copy the key.", "Users must not copy the key."),
        ("Nobody but members may use the pool.", "Only members may use the pool."),
        ("Most of them left, but some of them stayed.", "Some of the people stayed."),
        ("Most of all, she liked the few who stayed.", "She liked all who stayed."),
        ("Many genes were lost.", "Several genes were lost."),
        ("At most 4 guests come.", "All 4 guests come."),
    ],
)
def test_what_is_as_strong_is_not(said: str, claim: str) -> None:
    assert stronger(claim, said) is None
