"""Codes and years: what stands under one of them is about it, and what is about another is no answer."""

from __future__ import annotations

import pytest

from tests.answering.conftest import Asking

MANUAL = """# Pump station handbook

This handbook is for the operators of the pump station. The display shows a code when something fails.

## E-1001

The pump has stalled. Switch it off and clear the inlet screen.

## E-1002

The pressure sensor does not answer. Replace the cable.

### Where to get a cable

The storeroom has them.

## Maintenance

Filters of type PX-204-B are changed every year.
"""
TABLE = """# Faults of the burner

| Code | Meaning | Action |
| --- | --- | --- |
| F-201 | valve stuck | open by hand |
| F-202 | flow too low | clean the filter |
| F-203 | flow too high | throttle the fan |
"""
REPORT = """# Annual report

## 2022

Revenue was 1.9 million euros. The firm had 17 people.

## 2023

Revenue was 2.4 million euros. The firm had 21 people. A branch opened in Porto.
"""
LINES = """- Rent in 2019: 310 euros a month.
- Rent in 2020: 330 euros a month.
- Rent in 2022: 360 euros a month.
"""
SALES = "Year,Sales,Staff\n2019,1.2 million,14\n2020,1.1 million,13\n2022,1.9 million,17\n"
ROCKETS = """# Rockets of the club

The Skylark-7 flew for 62 minutes over the fjord. The Skylark-9 flew for 86 minutes over the fjord.

Resolution 12 of the club forbids flights at night. Resolution 14 of the club asks for a licence.
"""


@pytest.fixture(scope="module")
def works(asking) -> Asking:  # type: ignore[no-untyped-def]
    return asking(
        manual_md=MANUAL, faults_md=TABLE, report_md=REPORT, rent_txt=LINES, sales_csv=SALES, rockets_md=ROCKETS
    )


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        *((f"What is {code}?", "stalled", "sensor") for code in ("E-1001", "E1001", "e 1001", "error E-1001")),
        ("What does E-1002 mean?", "pressure sensor", "stalled"),
        ("What should be done about e1002?", "Replace the cable", "stalled"),
        ("What is F-202?", "flow too low", "stuck"),
        ("What does f203 mean?", "flow too high", "stuck"),
        ("When are PX204 filters changed?", "every year", "stalled"),
        ("What was the revenue in 2022?", "1.9 million", "2.4"),
        ("What was the revenue in 2023?", "2.4 million", "1.9"),
        ("How many people did the firm have in 2022?", "17", "21"),
        ("What was the rent in 2020?", "330", "310"),
        ("How long did the Skylark-9 fly?", "86 minutes", "62"),
        ("How long did the Skylark 7 fly?", "62 minutes", "86"),
        ("What does resolution 14 ask for?", "a licence", "night"),
    ],
)
def test_what_stands_under_a_code_or_year_is_found_by_it(works: Asking, question: str, said: str, unsaid: str) -> None:
    quoted = works.ask(question)
    assert quoted.status == "answered"
    assert said in quoted.text
    assert unsaid not in quoted.text


@pytest.mark.parametrize(
    "question",
    [
        "What was the revenue in 2021?",
        "How many people did the firm have in 2019?",
        "What was the rent in 2021, in euros a month?",
        "What was the rent in 2024?",
        "What were the sales in 2021?",
        "What does F-209 mean?",
        "How long did the Skylark-8 fly?",
        "What does resolution 13 of the club forbid?",
        "What is E-1009?",
        "What is error E1009 of the pump station?",
    ],
)
def test_another_year_or_code_is_no_answer(works: Asking, question: str) -> None:
    quoted = works.ask(question)
    assert quoted.status == "not_found"
    assert quoted.confidence < 0.5


def test_a_code_that_no_document_has_is_named_as_it_was_written(works: Asking) -> None:
    assert works.ask("What is E-1009?").unknown_words == ("E-1009",)
    assert works.ask("What is PX-999?").unknown_words == ("PX-999",)
    assert works.ask("What is e 1001?").unknown_words == ()


def test_words_about_asking_are_not_named_as_missing(works: Asking) -> None:
    quoted = works.ask("What do the documents mention about lactose, and what does it mean?", threshold=1.0)
    assert quoted.unknown_words == ("lactose",)
    assert quoted.text.endswith("None of them mentions “lactose”.")
