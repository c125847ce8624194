"""A library is asked, and what came of it is recorded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qa import Library
from qa.errors import InputError, LibraryEmpty, ModelError
from qa.evaluation import Evaluation, Question, evaluate
from qa.types import Progress
from tests.answering.scripted import Scripted
from tests.conftest import own_home

BOAT = (
    "# The boat\n\nThe ferry Adelheid was built in Bremen in 1931.\n\nHer captain was Ida Holm, who came from Kiel.\n"
)
TEA = "The tea house opens at nine. It is closed on Mondays.\n"
WHERE = Question("Where was the ferry Adelheid built?", answers=("Bremen",), source="boat.md")
CAPTAIN = Question("Who was the captain of the ferry?", answers=("Ida Holm",), source="boat.md")
FAR = Question("How many moons does Jupiter have?", answerable=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "old").mkdir()
    (folder / "boat.md").write_text(BOAT)
    (folder / "old" / "tea.txt").write_text(TEA)
    (folder / "tea.txt").write_text(f"New. {TEA}")
    return folder


@pytest.fixture(scope="module")
def opened(folder: Path, tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("evaluated")
    with own_home(place / "home", models), Library(place / "library") as library:
        library.add([folder])
    with Library(place / "library") as library:
        yield library


def of(library: Library, *questions: Question, **more: object) -> Evaluation:
    return evaluate(library, questions, draws=100, **more)  # type: ignore[arg-type]


def test_what_was_found_said_and_cited_is_recorded(opened: Library, folder: Path) -> None:
    start = BOAT.index("The ferry")
    span = (start, BOAT.index("\n\nHer"))
    found = of(opened, replace(WHERE, span=span), FAR)
    right, far = found.records
    assert (right.outcome, right.status, right.right, right.correct) == ("right", "answered", True, True)
    assert "Bremen" in right.answer
    assert "[1]" not in right.answer
    assert right.source_rank == right.answer_rank == 1
    assert right.found[0] == str(folder / "boat.md")
    assert right.recall == 1
    assert right.precision is not None
    assert 0 < right.precision < 1
    assert right.cited_source
    assert right.cited_span
    assert right.quotes
    assert all(quote.verified and BOAT[quote.start : quote.end] == quote.text for quote in right.quotes)
    assert right.milliseconds > 0
    assert (far.outcome, far.right, far.correct) == ("declined", False, True)
    assert found.figures["recall"].value == 1
    assert found.setup.documents == 3
    assert found.setup.missing == ()


def test_what_would_have_been_said_is_known_of_what_was_refused(opened: Library) -> None:
    library = Library(opened.folder, settings=strict(opened))
    with library:
        found = of(library, WHERE)
    (record,) = found.records
    assert (record.outcome, record.status, record.right) == ("refused", "not_found", True)
    assert "Bremen" in record.answer
    assert record.confidence < 1
    assert found.figures["refused"].value == 1
    assert "correct_of_answered" in found.left_out
    assert found.suggestion
    assert found.suggestion.threshold <= record.confidence
    assert opened.ask(WHERE.question).confidence == pytest.approx(record.confidence)


def strict(library: Library, threshold: float = 1.0) -> object:
    answer = library.settings.answer.model_copy(update={"threshold": threshold})
    return library.settings.model_copy(update={"answer": answer})


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("boat.md", {"boat.md"}),
        ("tea.txt", {"tea.txt"}),  # a path from the folder of the questions on goes before the end of one
        ("old/tea.txt", {"old/tea.txt"}),
        ("./old/../boat.md", {"boat.md"}),
        ("ol?/*.txt", {"old/tea.txt"}),
        ("*.txt", {"tea.txt", "old/tea.txt"}),
        ("oat.md", set()),
        ("none.md", set()),
        (".", set()),
    ],
)
def test_a_source_is_a_path_or_the_end_of_one(opened: Library, folder: Path, written: str, names: set[str]) -> None:
    from qa.evaluation.asking import Gold

    gold = Gold(opened, folder)
    sources, _ = gold.of(Question("Who?", source=written))
    assert sources == {str(folder / name) for name in names}
    assert gold.missing == (() if names else (written,))


def test_the_end_of_a_path_may_fit_several(opened: Library, folder: Path) -> None:
    asked = Question("When does the tea house open?", answers=("at nine",), source="tea.txt")
    assert of(opened, asked, folder=folder.parent).records[0].source_rank == 1
    with pytest.raises(InputError, match="names one document"):
        of(opened, replace(asked, span=(1, 2)), folder=folder.parent)
    with pytest.raises(InputError, match=r"mine\.jsonl, line 7: .*characters"):
        of(opened, replace(WHERE, span=(0, 10_000), file="mine.jsonl", line=7))


def test_a_source_that_is_not_there_counts_as_not_found(opened: Library) -> None:
    found = of(opened, replace(WHERE, source="gone.md", span=(3, 9)))
    assert found.setup.missing == ("gone.md",)
    (record,) = found.records
    assert (record.source_rank, record.answer_rank, record.recall, record.cited_source) == (0, 0, 0, False)
    assert record.outcome == "right"


def test_the_conversation_is_taken_along(opened: Library) -> None:
    history = (
        {"role": "user", "content": WHERE.question},
        {"role": "assistant", "content": "The ferry Adelheid was built in Bremen in 1931."},
    )
    asked = Question("Who was her captain?", answers=("Ida Holm",), history=history)  # type: ignore[arg-type]
    (record,) = of(opened, asked).records
    assert record.outcome == "right"
    assert record.history == history


def test_stopping_keeps_what_was_asked(opened: Library) -> None:
    cancel, seen = threading.Event(), []

    def progress(step: Progress) -> None:
        seen.append((step.stage, step.done, step.total))
        if step.done == 2:
            cancel.set()

    found = of(opened, WHERE, FAR, CAPTAIN, progress=progress, cancel=cancel)
    assert [one for one in seen if one[0] == "asking"] == [("asking", done, 3) for done in range(3)]
    assert found.setup.stopped == "interrupted"
    assert [record.question for record in found.records] == [WHERE.question, FAR.question]
    assert found.figures["correct"].questions == 1
    cancel.set()
    none = of(opened, WHERE, cancel=cancel)
    assert none.records == ()
    assert none.figures == {}
    assert none.to_dict()["suggestion"] is None


def test_a_model_is_asked_as_it_is_set(opened: Library) -> None:
    model = Scripted(replies=["The ferry Adelheid was built in Bremen in 1931 [1].", "The documents do not say."])
    found = of(opened, WHERE, CAPTAIN, model=model)
    said, silent = found.records
    assert said.outcome == "right"
    assert "[1]" not in said.answer
    assert (silent.outcome, silent.answer, silent.right) == ("refused", "", False)
    assert [(cut.answered, cut.coverage) for cut in found.curve] == [(1, 0.5)]


def test_an_error_at_a_later_question_keeps_the_ones_before(opened: Library) -> None:
    broken = [["The ferry was "], [ModelError("the model has gone away")]]
    found = of(opened, WHERE, CAPTAIN, model=Scripted(replies=broken))
    assert len(found.records) == 1
    assert "gone away" in str(found.setup.stopped)
    with pytest.raises(ModelError):
        of(opened, WHERE, model=Scripted(replies=broken[1:]))


def test_what_cannot_be_measured(opened: Library, tmp_path: Path) -> None:
    for questions, more in (((), {}), ((WHERE,), {"precision": 2}), ((WHERE,), {"draws": 0})):
        with pytest.raises(InputError):
            evaluate(opened, questions, **more)  # type: ignore[arg-type]
    (tmp_path / "notes").mkdir()
    with Library(tmp_path / "empty") as empty:
        empty.add([tmp_path / "notes"])
        with pytest.raises(LibraryEmpty):
            of(empty, WHERE)
