"""Requests over what people keep beside articles: codes, tables, minutes and short notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Library
from tests.requests.test_answering import checked, names, talk

FILES = {
    "faults.md": """# Fault table

| Code | Meaning | Action |
| --- | --- | --- |
| F-201 | valve stuck | open by hand |
| F-202 | flow too low | clean the filter |
| F-203 | flow too high | throttle the pump |
""",
    "manual.md": """# Pump station handbook

This handbook is for the operators of the pump station.

## Errors on the display

The display shows a code when something fails.

### E-1001

The pump has stalled. Switch it off and clear the inlet screen.

### E-1002

The pressure sensor does not answer. Replace the cable.

## Maintenance

Filters of type PX-204-B are changed every year.
""",
    "minutes.txt": """Minutes of the meeting of 4 March 2024

Present: Anna Warmbier, Tom Reyes, Li Chen.

Kim travelled to Hanoi by train; the journey took 60 hours. Kim's travel to Singapore was by a plane lent by China.

The rent of the hall is 400 euros a month. It was raised on 1 May 2023.

Anna Warmbier will write to the landlord.
""",
    "note.txt": "The key to the shed is under the blue pot. Bring it back by six.\n",
    "revenue.csv": """Year,Revenue,Staff
2019,1.2 million,14
2020,1.1 million,13
2022,1.9 million,17
2023,2.4 million,21
""",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Library]:
    from tests.conftest import own_home

    folder = tmp_path_factory.mktemp("handbook")
    (folder / "docs").mkdir()
    for name, text in FILES.items():
        (folder / "docs" / name).write_text(text)
    with own_home(folder / "home", models), Library(folder / "library") as library:
        library.add(folder / "docs")
        yield library


@pytest.mark.parametrize("line", ["E-1001", "E1001", "e 1001", "error E-1001"])
def test_a_code_is_searched_for_in_any_way_of_writing_it(kept: Library, line: str) -> None:
    answer = checked(kept, kept.ask(line))
    assert (answer.kind, answer.status) == ("keyword", "answered")
    assert "stalled" in answer.text
    assert "sensor" not in answer.text
    assert "PX-204" not in answer.text


def test_what_only_one_side_of_a_comparison_has_stands_there_alone(kept: Library) -> None:
    answer = checked(kept, kept.ask("Compare Kim's travel to Hanoi with his travel to Singapore"))
    hanoi, singapore = answer.text.split("\n\n")
    assert hanoi.startswith("Kim's travel to Hanoi:")
    assert singapore.startswith("Kim's travel to Singapore:")
    assert "by train" in hanoi
    assert "plane" not in hanoi
    assert "plane" in singapore
    assert "train" not in singapore


def test_rows_are_compared_by_their_codes(kept: Library) -> None:
    first, second = checked(kept, kept.ask("compare F-201 and f203")).text.split("\n\n")
    assert ("valve stuck" in first, "flow" in first) == (True, False)
    assert ("flow too high" in second, "stuck" in second) == (True, False)


@pytest.mark.parametrize("line", ["list all codes", "list all faults in the fault table"])
def test_a_list_has_the_rows_of_the_table_that_is_meant(kept: Library, line: str) -> None:
    answer = checked(kept, kept.ask(line))
    for code in ("F-201", "F-202", "F-203"):
        assert f"| {code} |" in answer.text
    assert "| --- |" not in answer.text


@pytest.mark.parametrize(
    ("line", "said", "quotes"),
    [
        ("summarise revenue.csv", "is a table of 4 rows with the columns Year, Revenue and Staff.", 3),
        ("summarise faults.md", "is a table of 3 rows with the columns Code, Meaning and Action.", 3),
        ("summarise note.txt", "note.txt is short; this is all of it:", 2),
    ],
)
def test_a_table_and_a_short_text_are_summed_up_as_what_they_are(
    kept: Library, line: str, said: str, quotes: int
) -> None:
    answer = checked(kept, kept.ask(line))
    assert said in answer.text
    assert len(answer.citations) == quotes


@pytest.mark.parametrize(
    ("which", "name"), [("first one", "faults.md"), ("third", "minutes.txt"), ("last one", "revenue.csv")]
)
def test_a_document_is_meant_by_its_place_in_the_list(kept: Library, which: str, name: str) -> None:
    listed = talk(("which documents do you have?", kept.ask("which documents do you have?")))
    answer = checked(kept, kept.ask(f"summarise the {which}", history=listed))
    assert names(answer) == [name]
    assert answer.standalone_question == f"summarise {name}"
    assert kept.ask(f"summarise the {which}").status == "not_found"


@pytest.mark.parametrize(
    ("question", "said"), [("Wie hoch ist die Miete der Halle?", True), ("How high is the tower of Babylon?", False)]
)
def test_a_question_in_another_language_hears_what_is_read(kept: Library, question: str, said: bool) -> None:
    answer = kept.ask(question)
    assert answer.status == "not_found"
    assert ("The default embedding model reads English" in answer.text) == said


@pytest.mark.parametrize(
    ("question", "instead"),
    [
        ("Who is Anna Warmbeir?", ("Warmbier",)),
        ("What will Anna write to the landlrod?", ("landlord",)),
        ("How is the sensorr replaced?", ("sensor",)),
        ("Who is Anna Warmbier?", ()),
        ("Who is Anna Grünwald?", ()),
        ("Where is Peru?", ()),
    ],
)
def test_a_misspelled_word_is_searched_for_as_documents_spell_it(
    kept: Library, question: str, instead: tuple[str, ...]
) -> None:
    answer = kept.ask(question, explain=True)
    assert answer.explanation
    assert answer.explanation.instead == instead
    assert bool(answer.unknown_words) == (instead != () or "Anna Warmbier" not in question)


def test_what_is_only_spelled_alike_makes_no_answer_surer(tmp_path: Path) -> None:
    (tmp_path / "cat.txt").write_text("The cat Merlin sleeps in the office. Its food stands on the window sill.\n")
    with Library(tmp_path / "library") as library:
        library.add(tmp_path / "cat.txt")
        there, alike = (library.ask(f"How many people live in {name}?", explain=True) for name in ("Merlin", "Berlin"))
    assert alike.explanation
    assert alike.explanation.instead == ()  # another first letter is another word
    assert alike.unknown_words[-1] == "Berlin"
    with Library(tmp_path / "library") as library:
        near = library.ask("Where does the cat Merlan sleep?", explain=True)
        right = library.ask("Where does the cat Merlin sleep?")
    assert near.explanation
    assert near.explanation.instead == ("Merlin",)
    assert near.confidence < right.confidence
    assert near.unknown_words == ("Merlan",)
    assert there.status == "not_found"


def test_a_follow_up_is_not_answered_by_what_was_just_said(kept: Library) -> None:
    rent = kept.ask("What is the rent of the hall?")
    assert "400 euros" in rent.text
    when = kept.ask("When was that?", history=talk(("What is the rent of the hall?", rent)))
    assert (when.status, "1 May 2023" in when.text) == ("answered", True)


def test_after_a_summary_the_file_s_name_is_no_missing_word(kept: Library) -> None:
    summary = kept.ask("summarise minutes.txt")
    when = kept.ask("When was that?", history=talk(("summarise minutes.txt", summary)))
    assert when.unknown_words == ()
