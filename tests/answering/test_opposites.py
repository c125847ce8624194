"""One says the opposite of the other."""

from __future__ import annotations

import pytest

from qa.answering.opposites import opposed


@pytest.mark.parametrize(
    ("claim", "said", "word"),
    [
        ("Prices are higher in winter.", "Prices are lower in winter.", "higher"),
        ("The team won the final.", "The team lost the final.", "won"),
        (
            "It comes with higher levels of training.",
            "It comes with a lower level of training and a higher level of fees.",
            "higher",
        ),
        ("More boats came in May.", "Fewer boats came in May.", "more"),
        ("The harbour is smaller than the town.", "The harbour is larger than the town.", "smaller"),
        ("The dinner was held after the talks.", "The dinner was held before the talks.", "after"),
        ("After the talks, the dinner was held.", "The dinner was held before the talks.", "after"),
        ("The water is unsafe to drink.", "The water is safe to drink.", "unsafe"),
        ("The vaccine is ineffective.", "The vaccine is effective.", "ineffective"),
        ("The ticket is refundable.", "The ticket is non-refundable.", "refundable"),
        ("Revenue tripled in 2019.", "Revenue doubled in 2019, while costs tripled in 2020.", "tripled"),
        ("Imports from China fell.", "Exports to China fell.", "imports"),
        ("The museum closed during the war.", "The museum closed before the war.", "during"),
        ("Parking there is prohibited.", "Parking there is permitted.", "prohibited"),
    ],
)
def test_an_opposite_beside_the_same_words_is_named(claim: str, said: str, word: str) -> None:
    assert opposed(claim, said) == word


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("Prices are higher in winter.", "In winter, prices are higher, and lower in summer."),
        ("The larger boat sank.", "The smaller engine of the larger boat failed, and it sank."),
        ("The team won the final.", "They lost a player, but won the final."),
        ("It was the first bridge.", "It was the first bridge, and the last work of its builder."),
        ("They met.", "They met."),
        ("They were informed of the plan.", "They formed the plan."),
        ("The united team won the cup.", "The team won the cup, and the tied match too."),
        ("An important man spoke.", "A man from the port spoke."),
        ("She discovered the island.", "She covered the island with flags on land."),
        ("The town is smaller than the harbour.", "The harbour is larger than the town."),
        ("The talks were held after the dinner.", "The dinner was held before the talks."),
        ("After the dinner, the talks were held.", "The dinner was held before the talks."),
        ("The north wing sold more than the south wing.", "The south wing sold less than the north wing."),
    ],
)
def test_what_is_said_of_something_else_is_no_opposite(claim: str, said: str) -> None:
    assert opposed(claim, said) is None


def test_a_verb_is_not_taken_for_a_side() -> None:
    assert opposed("Kim left the summit early.", "Kim was on the right of Trump; he left the summit.") is None
