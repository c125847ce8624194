"""A number that two texts have, and what it measures in each."""

from __future__ import annotations

import pytest

from qa.answering.measures import otherwise

DOSE = "Patients receive 50 mg of the drug every 8 hours with a meal."
RIVER = "The river is 320 km long and drains 4,500 square kilometres."
BRIDGE = "The bridge cost $5 million and the tunnel cost £7 million."
JOBS = "Unemployment rose by 3 percentage points to 9 percent in 2012."
TEMPLE = "The temple was built in 120 BC and destroyed in 80 AD."
OFFICE = "The office opens at 9 a.m. and closes at 5 p.m., twice a week."
TANK = "Water freezes at −5 °C in the tank, and the sensor reads 40 °F."
FLOOD = "More than 300 people died in the flood, and up to 40 houses fell."
CITIES = "Paris has 2.1 million inhabitants and 20 districts, while Lyon has 520,000 inhabitants and 9 districts."
COMPANY = "The company was founded in 1921, went public in 1956 and was sold in 1987."
JOINED = "Romania joined in 2007 and Croatia in 2013."
TRIAL = "The trial lasted between 10 and 15 days in 2004, and the appeal took 20 days in 2006."


@pytest.mark.parametrize(
    ("said", "claim", "why"),
    [
        (DOSE, "Patients receive 50 g of the drug every 8 hours.", "50 in another unit: mg"),
        (DOSE, "Patients receive 50 micrograms of the drug.", "50 in another unit: mg"),
        (DOSE, "Patients receive 50 mg of the drug every 8 days.", "8 in another unit: hour"),
        (DOSE, "Patients receive 8 mg of the drug every 50 hours.", "8 in another unit: hour"),
        (RIVER, "The river is 320 miles long.", "320 in another unit: km"),
        (RIVER, "The river is 320 m long.", "320 in another unit: km"),
        (RIVER, "The river drains 4,500 km.", "4500 in another unit: square km"),
        (BRIDGE, "The bridge cost €5 million.", "5,000,000 in another unit: dollar"),
        (BRIDGE, "The bridge cost $7 million.", "7,000,000 in another unit: pound"),
        (BRIDGE, "The tunnel cost $5 million.", "5,000,000 of something else"),
        (JOBS, "Unemployment rose by 3 percent.", "3 in another unit: percentage points"),
        (TEMPLE, "The temple was built in 120 AD.", "120 in another unit: BC"),
        (TEMPLE, "The temple was built in AD 120.", "120 in another unit: BC"),
        (OFFICE, "The office opens at 9 pm.", "9 in another unit: a.m."),
        (OFFICE, "It opens twice a month.", "in another time: by the week"),
        (TANK, "Water freezes at 5 °C in the tank.", "5 has another sign"),
        (TANK, "Water freezes at -5 °F in the tank.", "5 in another unit: °C"),
        (FLOOD, "Fewer than 300 people died.", "“at least” of 300"),
        (FLOOD, "Exactly 300 people died.", "“at least” of 300"),
        (FLOOD, "At least 40 houses fell.", "“at most” of 40"),
        (FLOOD, "300 or fewer people died.", "“at least” of 300"),
        (CITIES, "Paris has 520,000 inhabitants and 20 districts.", "520,000 of something else"),
        (CITIES, "Lyon has 20 districts.", "20 of something else"),
        (COMPANY, "The company was founded in 1956.", "1956 of something else"),
        (COMPANY, "The company went public in 1987.", "1987 of something else"),
        (TRIAL, "The trial lasted between 10 and 20 days in 2004.", "20 of something else"),
        (TRIAL, "The appeal took 20 days in 2004.", "2004 of something else"),
        (JOINED, "Romania joined in 2013 and Croatia in 2007.", "2013 of something else"),
    ],
)
def test_what_a_number_measures_otherwise_is_said(said: str, claim: str, why: str) -> None:
    assert any(why in reason for reason in otherwise(claim, said)), [*otherwise(claim, said)]


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        (DOSE, "Every 8 hours, patients are given 50 milligrams."),
        (DOSE, "A 50-mg dose is given every 8 hours."),
        (RIVER, "The river has a length of 320 kilometers and drains 4,500 km²."),
        (BRIDGE, "The bridge cost 5 million dollars, and the tunnel £7 million."),
        (BRIDGE, "The tunnel cost £7m."),
        (JOBS, "In 2012 unemployment rose 3 percentage points, to 9%."),
        (TEMPLE, "Built in 120 BCE, the temple was destroyed in AD 80."),
        (OFFICE, "It is open from 9 am to 5 pm."),
        (TANK, "In the tank, water freezes at minus 5 degrees Celsius, or 5 °C below zero."),
        (FLOOD, "Over 300 people died, and no more than 40 houses fell."),
        (FLOOD, "300 people or more died."),
        (CITIES, "Lyon has 9 districts and 520,000 inhabitants."),
        (COMPANY, "In 1956 the company went public."),
        (COMPANY, "The company, founded in 1921, was sold in 1987."),
        (TRIAL, "In 2004 the trial lasted 10 to 15 days."),
        (TRIAL, "The appeal in 2006 took 20 days."),
        (JOINED, "In 2007 Romania joined, and Croatia in 2013."),
        (JOINED, "Croatia joined in 2013, Romania in 2007."),
        ("Sales grew by 12% in the first quarter and by 8% in the second.", "Sales grew by 8% in the second quarter."),
        ("It led in tackles (118) and forced two fumbles and 4 turnovers.", "It led in tackles (118)."),
        ("The lake is 40 m deep.", "The lake is 40 metres deep."),
    ],
)
def test_the_same_in_other_words_is_no_other_measure(said: str, claim: str) -> None:
    assert [*otherwise(claim, said)] == []
