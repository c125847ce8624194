"""How well a library answers a person's own questions.

    from qa import Library
    from qa.evaluation import evaluate, read_questions

    with Library("news") as library:
        found = evaluate(library, read_questions("questions.jsonl"))
    print(found.figures["correct"])  # its value, and the ends of its 95% interval

`quoth eval` prints the same. The parts: `questions` reads the file, `asking` asks, `figures`, `curves` and `threshold`
compute, `bootstrap` says how sure that is, `comparing` takes two runs together, `drawing` and `plots` show the curves.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import InputError
from qa.evaluation.asking import Gold, ask_all
from qa.evaluation.bootstrap import DRAWS, SEED
from qa.evaluation.comparing import Comparison, Difference, compare
from qa.evaluation.figures import KINDS, Figure, Kind
from qa.evaluation.questions import Question, read_questions
from qa.evaluation.records import Quote, Record
from qa.evaluation.result import Evaluation, Setup, measured, read_records
from qa.evaluation.threshold import PRECISION, Suggestion, checked_precision
from qa.types import silent

if TYPE_CHECKING:
    from qa.chat_models import Model
    from qa.library import Library
    from qa.types import OnProgress

__all__ = [
    "KINDS",
    "Comparison",
    "Difference",
    "Evaluation",
    "Figure",
    "Kind",
    "Question",
    "Quote",
    "Record",
    "Setup",
    "Suggestion",
    "compare",
    "evaluate",
    "read_questions",
    "read_records",
]

FEWEST_DRAWS = 100
"""Of fewer, the middle 95% says little; and a figure of one question alone might be in none of them."""


def evaluate(
    library: Library,
    questions: Sequence[Question],
    *,
    folder: Path | None = None,
    model: Model | None = None,
    precision: float = PRECISION,
    draws: int = DRAWS,
    seed: int = SEED,
    progress: OnProgress | None = None,
    cancel: threading.Event | None = None,
) -> Evaluation:
    """Ask a library these questions and measure what comes of it.

    folder: where sources that are relative paths start; the working directory if None. model: as for `Library.ask`.
    precision: the share of right answers that the suggested threshold is to give, above 0 and up to 1.
    draws, seed: of the bootstrap behind the intervals. progress: told of each question ("asking"). cancel: set it to
    stop; what was asked until then is measured, and `setup.stopped` says so. An error at a later question than the
    first stops likewise.

    Raises InputError for no questions, a precision or number of draws that is none, a span that does not lie in one
    document; and what `Library.ask` raises.
    """
    if not questions:
        raise InputError("there are no questions to ask")
    if draws < FEWEST_DRAWS:
        raise InputError(f"draws is how often the questions are drawn again, {FEWEST_DRAWS} or more, not {draws!r}")
    checked_precision(precision)
    gold = Gold(library, folder)
    records, stopped = ask_all(library, questions, gold, model, progress or silent, cancel or threading.Event())
    named = model or library.settings.answer.model
    setup = Setup(
        library=str(library.folder),
        documents=len(library.sources()),
        model=named if isinstance(named, str) else type(named).__name__,
        threshold=library.settings.answer.threshold,
        questions=len(questions),
        stopped=stopped,
        missing=gold.missing,
        precision=precision,
        draws=draws,
        seed=seed,
    )
    return measured(records, setup)
