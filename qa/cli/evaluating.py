"""`quoth eval`: how well a library answers a person's own questions."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qa import private
from qa.cli.asking import library_of, print_failures, read_paths
from qa.cli.measures import FEWEST
from qa.cli.options import JsonOption, LibraryOption, ModelOption, OptionalPathsArgument
from qa.cli.output import (
    INTERRUPTED,
    LEFT_OUT,
    print_error,
    print_json,
    print_notice,
    print_notices,
    print_report,
)
from qa.cli.progress import cancelled_by_interrupt, progress_bar
from qa.display import count, short_path, visible
from qa.errors import InputError, QuothError
from qa.logs import log

if TYPE_CHECKING:
    from qa.evaluation import Comparison, Evaluation, Question
    from qa.library import Library
    from qa.types import Failure

ENOUGH = 20
"""Questions from which on the intervals are about as wide as they should be."""


def evaluate(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help='Questions, a JSON object to a line: {"question": ..., "answers": [...]}.',
            show_default=False,
        ),
    ],
    paths: OptionalPathsArgument = None,
    library: LibraryOption = None,
    model: ModelOption = None,
    precision: Annotated[
        float,
        typer.Option("--precision", min=0.01, max=1, metavar="SHARE", help="Suggest a threshold for so many right."),
    ] = 0.95,
    worst: Annotated[int, typer.Option("--worst", min=0, metavar="N", help="How many of the worst cases to list.")] = 5,
    compare: Annotated[
        str | None,
        typer.Option(
            "--compare", metavar="OTHER.json", help="An earlier run, saved by --save or --json.", show_default=False
        ),
    ] = None,
    save: Annotated[
        str | None,
        typer.Option("--save", metavar="FILE", help="Also write the JSON object to a file.", show_default=False),
    ] = None,
    png: Annotated[
        str | None, typer.Option("--png", metavar="FILE", help="Also draw the curves as a picture.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Measure how well your own questions are answered, out of the library or out of PATHs.

    A line of FILE is a JSON object: "question", and what is known of it.
    "answers": strings, any of which is right. "source": the document that has it.
    "span": the first of its characters that say it, and the one after the last.
    "answerable": false where the documents do not answer. "history": messages
    before it. "kind": a name. Ctrl-C measures what was asked until then.
    """
    from qa import evaluation as measuring
    from qa.evaluation import plots

    questions = measuring.read_questions(file)
    before = measuring.read_records(compare) if compare else None
    if png:
        plots.require()
    for written in (save, png):
        _check_writable(written, file)
    if save and png and _path(save) == _path(png):
        raise InputError("--save and --png name the same file, and one would replace the other")
    failed: tuple[Failure, ...] = ()
    with library_of(paths, library) as asked:
        if paths:
            report = read_paths(asked, paths)
            if report.cancelled:
                return print_report(report, "", as_json)
            failed = report.failed
        _check_spared(asked, [save, png])
        found = _measured(asked, questions, file, model, precision)
        notices = asked.notices()
    compared = measuring.compare(before, found.records) if before is not None else None
    log.info("%d of %d questions asked", len(found.records), len(questions))
    value = _value(found, compared, file, failed)
    if as_json:
        print_json(value)
    else:
        _print(found, compared, worst, compare or "")
    print_failures(failed)
    print_notices([*notices, *_notices(found)])
    if save and found.records:  # an interrupt before the first question replaces no earlier run
        _write(_path(save), value)
        print_notice(f"Saved in {short_path(save)}.")
    if png and found.records:
        plots.draw(found, png, f"{Path(file).name}: {count(len(found.records), 'question')}")
        print_notice(f"Drawn in {short_path(png)}.")
    return _code(found, failed)


def _measured(
    library: Library, questions: list[Question], file: str, model: str | None, precision: float
) -> Evaluation:
    """The evaluation, with a progress bar, until it ends or Ctrl-C stops it."""
    from qa.evaluation import evaluate as measure

    with cancelled_by_interrupt() as cancel, progress_bar(cancel) as progress:
        try:
            return measure(
                library,
                questions,
                folder=_path(file).parent,
                model=model,
                precision=precision,
                progress=progress,
                cancel=cancel,
            )
        except QuothError:
            if cancel.is_set():  # the terminal sends Ctrl-C to child processes too, and so one of them failed
                raise KeyboardInterrupt from None
            raise


def _print(found: Evaluation, compared: Comparison | None, worst: int, other: str) -> None:
    from qa.cli.measures import print_comparison, print_evaluation

    if found.records:
        print_evaluation(found, worst)
    if found.records and compared:
        print_comparison(compared, short_path(other))


def _notices(found: Evaluation) -> list[str]:
    lines = []
    if found.setup.missing:
        named = ", ".join(found.setup.missing[:3])
        more = f" and {len(found.setup.missing) - 3:,} more" if len(found.setup.missing) > 3 else ""
        lines.append(f"the library has no document {named}{more}, which the questions name; it counts as not found")
    requests = sum(not one.measured for one in found.records)
    if requests:
        said = "taken for a request (a list, a summary) instead of a question about a fact"
        lines.append(
            f"{count(requests, 'question')} {'was' if requests == 1 else 'were'} {said}: no confidence counts there"
        )
    asked = len(found.records)
    if 0 < asked < FEWEST:
        said = "one question says" if asked == 1 else f"{asked} questions say"
        lines.append(f"{said} nothing about how well others are answered: write {ENOUGH} or more, better a hundred")
    elif 0 < asked < ENOUGH:
        lines.append(f"so few questions say little: the intervals of fewer than {ENOUGH} are too narrow")
    return lines


def _code(found: Evaluation, failed: tuple[Failure, ...]) -> int:
    """The exit code, with the line that says why not all was asked."""
    done = f"{len(found.records):,} of {count(found.setup.questions, 'question')}"
    stopped = found.setup.stopped
    if stopped is None:
        return LEFT_OUT if failed else 0
    if stopped == "interrupted":
        print_notice(f"Interrupted after {done}" + ("; the figures are of these." if found.records else "."))
        return INTERRUPTED
    print_error(f"stopped after {done}: {stopped}", "", False)
    return 1


def _value(found: Evaluation, compared: Comparison | None, file: str, failed: tuple[Failure, ...]) -> dict[str, Any]:
    value = found.to_dict()
    value["evaluation"]["file"] = str(_path(file))
    value["failed"] = [asdict(one) for one in failed]
    value["comparison"] = compared.to_dict() if compared else None
    return value


def _path(written: str) -> Path:
    from qa.places import absolute  # which loads the settings: the chat's first paint does without

    return absolute(written)


def _check_writable(written: str | None, file: str) -> None:
    """Raise InputError, before anything is asked, where a file could not be written when all is done."""
    if not written:
        return
    path, read = _path(written), _path(file)
    if path.exists() and path.samefile(read):
        raise InputError(f"{short_path(written)} holds the questions, which it would replace; name another file")
    if path.exists() and not path.is_file():  # a new file would take the place of the folder, pipe or device
        raise InputError(f"{visible(written, one_line=True)} cannot be written: it is not a file; name one")
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"{visible(written, one_line=True)} cannot be written: name a file in a folder that exists")


def _check_spared(library: Library, written: list[str | None]) -> None:
    """Raise InputError where a document would be replaced."""
    documents = {source.source for source in library.sources()}
    for file in written:
        if file and str(_path(file)) in documents:
            raise InputError(f"{short_path(file)} is one of the documents, which it would replace; name another file")


def _write(path: Path, value: dict[str, Any]) -> None:
    """Write the object, as a whole or not at all; for its owner alone, since it quotes the documents."""
    try:
        private.replace_file(path, f"{json.dumps(value, indent=2)}\n".encode())
    except OSError as error:
        raise InputError(f"{short_path(str(path))} cannot be written: {error.strerror}") from None
