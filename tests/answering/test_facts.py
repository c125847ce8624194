"""What a sentence states that can be compared exactly."""

from __future__ import annotations

import pytest

from qa.answering.facts import Date, dates, facts_of, mentions, numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It cost 16.3 million dollars.", {16_300_000}),
        ("It cost $12m.", {12_000_000}),
        ("twenty-five players, three hundred and five fans", {25, 305}),
        ("The old four-note tune.", {4}),
        ("1,234 people and 5.5 per cent", {1234, 5.5}),
        ("They met twice, a dozen times, in the 21st century.", {2, 12, 21}),
        ("One of them met no one.", set()),
        ("The lake is 40 m deep and 3m wide; £ 7m, and 5m people", {40, 3, 7_000_000, 5_000_000}),
        ("once every 76 years", {76}),
        ("version 1.2.3 of 192.168.0.1", set()),
    ],
)
def test_numbers_are_compared_by_value(text: str, found: set[float]) -> None:
    assert numbers(text) >= found
    assert not found or numbers(text) == found


@pytest.mark.parametrize(
    "text", ["on 12 June 2018", "on June 12, 2018", "on the 12th of June 2018", "on 2018-06-12", "JUNE 12 2018"]
)
def test_a_date_is_the_same_in_any_order(text: str) -> None:
    assert dates(text) == {Date(2018, 6, 12)}


def test_dates_fit_where_nothing_that_both_say_differs() -> None:
    (day,) = dates("12 June")
    assert day.fits(Date(2018, 6, 12))
    assert not day.fits(Date(2018, 6, 13))
    assert not day.fits(Date(2018, 7, None))


def test_what_belongs_to_a_number_is_no_name() -> None:
    assert facts_of("It was 30 degrees Celsius at 9 AM in Rome, and Rome fell in 120 BCE.").names == {"Rome"}


def test_what_a_word_denies_ends_with_its_clause() -> None:
    found = facts_of("He did not sign the treaty, but Biden signed the letter.")
    assert found.denies
    assert "treati" in found.denied
    assert "letter" not in found.denied


@pytest.mark.parametrize("text", ["Not only Trump came.", "No later than noon they came.", "They came and left."])
def test_what_only_looks_like_a_denial_is_none(text: str) -> None:
    assert not facts_of(text).denies


def test_a_name_is_known_by_the_words_beside_it() -> None:
    found = mentions("Alice Brown praised Robert Green for his report.")
    assert ">prais" in found["alice brown"]
    assert ">report" in found["robert green"]
    assert ">report" not in found["alice brown"]
