"""An evaluation: the records, the figures, the curves and the suggested threshold, as one object that JSON holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from typing import Any

from qa.display import short_path, visible
from qa.errors import InputError
from qa.evaluation.bootstrap import DRAWS, LEVEL, SEED
from qa.evaluation.curves import Bin, Cut, cuts, reliability
from qa.evaluation.figures import Figure, figures, left_out
from qa.evaluation.records import Record
from qa.evaluation.threshold import PRECISION, Suggestion, suggest
from qa.places import absolute
from qa.types import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Setup:
    """What was asked, and how.

    library: its folder. documents: how many it held. model: what answered. threshold: the setting answer.threshold.
    questions: how many there were; stopped: why not all were asked, None where they were.
    missing: sources that the questions name and the library does not hold; they count as not found.
    precision: what the suggested threshold is to reach. draws, seed: of the bootstrap.
    """

    library: str
    documents: int
    model: str
    threshold: float
    questions: int
    stopped: str | None = None
    missing: tuple[str, ...] = ()
    precision: float = PRECISION
    draws: int = DRAWS
    seed: int = SEED
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What questions about a library came to.

    figures: by name (`KINDS` says what each is). left_out: those that cannot be computed, with the reason.
    curve: the risk-coverage curve. bins: of the reliability diagram. suggestion: the threshold for `setup.precision`.
    """

    setup: Setup
    records: tuple[Record, ...]
    figures: Mapping[str, Figure]
    left_out: Mapping[str, str]
    curve: tuple[Cut, ...]
    bins: tuple[Bin, ...]
    suggestion: Suggestion | None

    def worst(self) -> list[Record]:
        """The questions that came out wrong, worst first: answered wrong by confidence, then those that were refused.

        Of the refused, those come first that would have been answered right with a lower threshold.
        """
        bad = [record for record in self.records if record.correct is False]
        return sorted(bad, key=lambda one: (one.outcome == "refused", not one.right, -one.confidence))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, with the version of this shape under "schema"."""
        return {
            "schema": SCHEMA_VERSION,
            "evaluation": asdict(self.setup),
            "figures": {name: one.to_dict() for name, one in self.figures.items()},
            "left_out": dict(self.left_out),
            "risk_coverage": [asdict(cut) for cut in self.curve],
            "reliability": [asdict(one) for one in self.bins],
            "suggestion": self.suggestion.to_dict() if self.suggestion else None,
            "records": [record.to_dict() for record in self.records],
        }


def measured(records: Sequence[Record], setup: Setup) -> Evaluation:
    """Everything that is computed from the records."""
    found = figures(records, setup.draws, setup.seed)
    return Evaluation(
        setup,
        tuple(records),
        found,
        left_out(found),
        cuts(records) if records else (),
        reliability(records),
        suggest(records, setup.precision, setup.draws, setup.seed) if records else None,
    )


def read_records(file: str | PathLike[str]) -> list[Record]:
    """The records of an evaluation that `quoth eval --json` printed. Raises InputError for what is none."""
    path = absolute(file)
    name = short_path(str(path))
    try:
        if path.exists() and not path.is_file():  # reading a pipe or a device may never end
            raise InputError(f"{name} is not a file that `quoth eval --json` wrote")
        value = json.loads(path.read_bytes().decode("utf-8-sig"))
        if not isinstance(value, dict) or "records" not in value:
            raise InputError("it holds no evaluation")
        if value.get("schema") != SCHEMA_VERSION:
            raise InputError(f"it has schema {value.get('schema')!r}, and this version reads {SCHEMA_VERSION}")
        if not isinstance(value["records"], list):
            raise InputError("its records are no list")
        return [Record.from_dict(one) for one in value["records"]]
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from None
    except RecursionError:
        problem = "it is nested too deeply"
    except ValueError as error:  # no UTF-8, no JSON, or InputError
        problem = str(error)
    said = visible(problem, one_line=True)
    raise InputError(f"{name} cannot be compared with, for it is not what `quoth eval --json` writes: {said}")
