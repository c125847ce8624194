"""The looks: what the chat draws, compared with the pictures in __snapshots__ that somebody looked at.

After a change of the looks: `pytest tests/tui/test_snapshots.py --snapshot-update`, then look at every picture.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa import Answer, Sentence
from tests.conftest import CORPUS
from tests.tui.explanations import HOTEL, QUESTION, explanation
from tests.tui.scenes import (
    METROPOLE,
    NOON,
    SEAFOOD,
    SINGAPORE,
    YONGBYON,
    Act,
    Stage,
    command,
    faint,
    opening,
    pressing,
    scene,
    settled,
)
from tui.app import QuothApp
from tui.engine import Engine
from tui.themes import DARK, LIGHT

Compare = Callable[..., bool]

STARTERS = (
    "When did Donald Trump and Kim Jong Un first meet?",
    "Who was Otto Warmbier, and how did he die?",
    "Why did the summit in Hanoi end without an agreement?",
)

SIZE, SMALL, LARGE = (120, 36), (80, 24), (200, 60)

FIRST = "Where did Donald Trump and Kim Jong Un meet in Hanoi, and why did they not agree?"
SAID = (
    "The meetings were held at the Sofitel Legend Metropole, a hotel of the French colonial period. [1] The two sides "
    "agree on what they disagreed about: how much relief should be given for the nuclear centre at Yongbyon. [2]"
)
FERRY = "What does the ferry Adelheid cost?"


@pytest.fixture
def stage(library: Path, still: None) -> Stage:
    """The sample corpus, and conversations to be."""
    return Stage(library)


@pytest.fixture
def empty_stage(tmp_path: Path, still: None) -> Stage:
    """A library that is yet to be."""
    return Stage(tmp_path / "library")


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is embedded and nothing moves, whatever the machine; it is somewhere in UTC."""

    async def prepare(*_: Any) -> None:
        return None

    async def starters(_: Any) -> list[str]:
        return [*STARTERS]

    monkeypatch.setattr(Engine, "prepare", prepare)
    monkeypatch.setattr(Engine, "starters", starters)
    monkeypatch.setattr("tui.widgets.conversations.now", lambda: NOON + 3600)
    with monkeypatch.context() as there:
        there.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def hanoi(stage: Stage, *, changed: bool = False) -> Act:
    """Opens a conversation with an answer, among others; its first citation is shown."""
    stage.not_found(FERRY, SEAFOOD, METROPOLE, unknown=("ferry", "Adelheid"))
    stage.answered("When did they first meet?", "On 12 June 2018 they " + SINGAPORE[1] + " [1]", SINGAPORE)
    return opening(stage.answered(FIRST, SAID, METROPOLE, YONGBYON, changed=changed))


def test_first_run(snap_compare: Compare, empty_stage: Stage) -> None:
    assert snap_compare(empty_stage.app(), terminal_size=SMALL, run_before=scene())


def test_questions_to_begin_with(snap_compare: Compare, stage: Stage) -> None:
    assert snap_compare(stage.app(), terminal_size=SIZE, run_before=scene())


def test_answer_with_its_source(snap_compare: Compare, stage: Stage) -> None:
    acts = hanoi(stage), pressing("alt+1")
    assert snap_compare(stage.app(), terminal_size=SIZE, run_before=scene(*acts))


def test_answer_on_a_wide_screen(snap_compare: Compare, stage: Stage) -> None:
    acts = hanoi(stage), pressing("alt+2")
    assert snap_compare(stage.app(), terminal_size=LARGE, run_before=scene(*acts))


def test_answer_on_a_small_screen(snap_compare: Compare, stage: Stage) -> None:
    acts = hanoi(stage), pressing("alt+2")
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(*acts))


def test_answer_in_light_colours(snap_compare: Compare, stage: Stage) -> None:
    acts = hanoi(stage), pressing("alt+1")
    assert snap_compare(_light(stage.app()), terminal_size=SIZE, run_before=scene(*acts))


def test_answer_without_colours(snap_compare: Compare, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    acts = hanoi(stage), pressing("alt+1", "shift+tab")
    assert snap_compare(stage.app(), terminal_size=SIZE, run_before=scene(*acts))


def test_answer_in_ascii(snap_compare: Compare, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_ASCII", "1")
    acts = hanoi(stage), pressing("alt+1")
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(*acts))


def test_stale_answer(snap_compare: Compare, stage: Stage) -> None:
    acts = (hanoi(stage, changed=True),)
    assert snap_compare(stage.app(), terminal_size=SIZE, run_before=scene(*acts))


def summary(stage: Stage) -> Act:
    """Opens a conversation with a summary."""
    text = (
        "Of 2019-hanoi-summit.md, the 2 sentences that are most central to it, in its order:\n"
        f"Two days at the Metropole:\n- {METROPOLE[1]} [1]\nWhy it failed:\n- {' '.join(YONGBYON[1].split())} [2]"
    )
    return opening(stage.answered("summarise the Hanoi summit", text, METROPOLE, YONGBYON, kind="summary"))


def test_summary_on_a_small_screen(snap_compare: Compare, stage: Stage) -> None:
    acts = summary(stage), pressing("alt+2")
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(*acts))


def test_summary_on_a_wide_screen(snap_compare: Compare, stage: Stage) -> None:
    acts = summary(stage), pressing("alt+2")
    assert snap_compare(stage.app(), terminal_size=LARGE, run_before=scene(*acts))


def test_not_found(snap_compare: Compare, stage: Stage) -> None:
    acts = (opening(stage.not_found(FERRY, SEAFOOD, METROPOLE, unknown=("ferry", "Adelheid"))),)
    assert snap_compare(stage.app(), terminal_size=SIZE, run_before=scene(*acts))


def test_not_found_in_one_document(snap_compare: Compare, stage: Stage) -> None:
    where = (str(CORPUS / SEAFOOD[0]),)
    asked = "And  what does the ferry Adelheid cost?"
    conversation = stage.not_found(asked, SEAFOOD, where=where, understood=f"{asked} ({FIRST})")
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(opening(conversation)))


def written(stage: Stage) -> Act:
    """Opens a conversation whose answer a model wrote, with a sentence of each kind of support."""
    said = (
        ("The meetings were held at the Sofitel Legend Metropole, a French colonial hotel. [1]", "supported", ()),
        (
            "They did not agree how much relief to give for Yongbyon, and how soon. [2]",
            "weak",
            ("the documents have 68% of its words",),
        ),
        (
            "The hotel was paid 4 million dollars.",
            "unsupported",
            ("4,000,000 is not in the sentence of the document", "the documents have 40% of its words"),
        ),
    )
    text, sentences = "", []
    for words, support, reasons in said:
        start = len(text) + bool(text)
        text = f"{text} {words}".strip()
        sentences.append(Sentence(start, len(text), support, 0.7, reasons))  # type: ignore[arg-type]
    conversation = stage.answered(FIRST, text, METROPOLE, YONGBYON)
    turn = stage.stored.turns(conversation)[0]
    assert turn.answer
    stage.stored.finish(turn.id, replace(turn.answer, sentences=tuple(sentences), model="ollama:llama3.2"))
    return opening(conversation)


def test_written_answer_on_a_small_screen_without_colours(
    snap_compare: Compare, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    acts = (written(stage),)
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(*acts))


def test_written_answer_on_a_wide_screen(snap_compare: Compare, stage: Stage) -> None:
    acts = written(stage), pressing("alt+1")
    assert snap_compare(stage.app(), terminal_size=LARGE, run_before=scene(*acts))


def test_refused_by_a_model_with_the_nearest_quotes(snap_compare: Compare, stage: Stage) -> None:
    said = f"The model found no answer. Nearest in the documents: {SAID}"
    conversation = stage.answered(FIRST, said, METROPOLE, YONGBYON)
    turn = stage.stored.turns(conversation)[0]
    assert turn.answer
    passages = tuple(stage.passage(quote) for quote in (SEAFOOD, METROPOLE, YONGBYON))
    refused = replace(turn.answer, status="not_found", confidence=0.25, model="ollama:llama3.2", passages=passages)
    stage.stored.finish(turn.id, refused)
    acts = (opening(conversation),)
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(*acts))


def test_failed_and_cancelled(snap_compare: Compare, stage: Stage) -> None:
    failed = stage.stored.fail(stage.asked(FIRST), "the model does not answer; is Ollama running? `ollama serve`")
    cancelled = stage.stored.ask(failed.conversation, FERRY)
    stage.stored.cancel(cancelled.id)
    acts = (opening(failed.conversation),)
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(*acts))


def test_documents(snap_compare: Compare, stage: Stage) -> None:
    acts = pressing("f4"), pressing("space", "down", "space")
    assert snap_compare(stage.app(), terminal_size=SIZE, run_before=scene(*acts))


def test_adding(snap_compare: Compare, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "home"
    for name in ("articles/2018.pdf", "articles/2019.pdf", "notes/summits.md", "todo.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    monkeypatch.setenv("HOME", str(folder))
    acts = (command("/add"),)
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(*acts))


def test_scope(snap_compare: Compare, stage: Stage) -> None:
    acts = pressing("f7"), pressing(*"*.md")
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(*acts))


def test_search(snap_compare: Compare, stage: Stage) -> None:
    acts = hanoi(stage), pressing("f6"), pressing(*"hanoi")
    assert snap_compare(stage.app(), terminal_size=SIZE, run_before=scene(*acts))


def test_deleting(snap_compare: Compare, stage: Stage) -> None:
    acts = hanoi(stage), command("/delete")
    assert snap_compare(stage.app(), terminal_size=SIZE, run_before=scene(*acts))


def test_why_an_answer(snap_compare: Compare, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = stage.answered(QUESTION, f"{HOTEL} [1]", METROPOLE)
    answer = stage.stored.turns(conversation)[0].answer
    assert answer

    async def explain(*_: Any, **__: Any) -> Answer:
        return replace(answer, explanation=explanation())

    monkeypatch.setattr(Engine, "explain", explain)
    acts = opening(conversation), pressing("ctrl+g")
    assert snap_compare(stage.app(), terminal_size=SIZE, run_before=scene(*acts))


def test_commands(snap_compare: Compare, stage: Stage) -> None:
    acts = (pressing("/"),)
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(*acts))


def test_help(snap_compare: Compare, stage: Stage) -> None:
    acts = (pressing("f1"),)
    assert snap_compare(stage.app(), terminal_size=SIZE, run_before=scene(*acts))


def test_palette(snap_compare: Compare, stage: Stage) -> None:
    acts = (pressing("ctrl+p"),)
    assert snap_compare(stage.app(), terminal_size=SMALL, run_before=scene(*acts))


def _light(app: QuothApp) -> QuothApp:
    app.theme = LIGHT
    return app


async def test_text_stands_out(stage: Stage) -> None:
    """At least as the WCAG want it for AA: 4.5 to 1, and for what is switched off or behind a dialog nothing."""
    acts = hanoi(stage), pressing("alt+1")
    screens: list[tuple[Act, ...]] = [
        acts,
        (opening(stage.not_found(FERRY, SEAFOOD, METROPOLE, unknown=("ferry",))), pressing("shift+tab")),
        (opening(stage.stored.fail(stage.asked(FIRST), "no reason").conversation), pressing("shift+tab")),
        (hanoi(stage, changed=True), pressing("f2")),
        (pressing("f4"), pressing("space", "down", "space")),
        (*acts, pressing("f6"), pressing(*"hanoi")),
        (*acts, command("/delete")),
        (pressing("f7"),),
        (pressing("/"),),
        (pressing("f1"),),
        (pressing("ctrl+p"),),
        (pressing("ctrl+n"), command("/model")),
    ]
    found: set[str] = set()
    for number, acts in enumerate(screens):
        app = stage.app()
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            await scene(*acts)(pilot)
            for theme in (DARK, LIGHT):
                app.theme = theme
                await settled(app, pilot)
                found |= {f"{text!r} on screen {number}, {theme}: {ratio:.1f}" for ratio, text in faint(app)}
    assert not found
