"""`quoth ask` and `quoth search`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qa import logs
from qa.cli.opening import given_where, open_library
from qa.cli.options import (
    JsonOption,
    LibraryOption,
    ModelOption,
    OptionalPathsArgument,
    QuestionArgument,
    WhereOption,
)
from qa.cli.output import (
    LEFT_OUT,
    NOT_FOUND,
    print_answer,
    print_explanation,
    print_json,
    print_notice,
    print_notices,
    print_passages,
    print_report,
)
from qa.cli.progress import prepare, run_visibly
from qa.display import short_path, visible

if TYPE_CHECKING:
    from qa.library import Library
    from qa.types import Failure, IndexReport


def ask(
    question: QuestionArgument,
    paths: OptionalPathsArgument = None,
    library: LibraryOption = None,
    where: WhereOption = None,
    model: ModelOption = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why: what was searched, found and weighed, in numbers.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Answer a question out of the library, or out of PATHs, which are then read first.

    PATHs get an index of their own in the cache folder; your libraries are not touched.
    """
    failed: tuple[Failure, ...] = ()
    with library_of(paths, library) as asked:
        if paths:
            report = read_paths(asked, paths)
            if report.cancelled:
                return print_report(report, "", as_json)
            failed = report.failed
        if _searches(question, model or asked.settings.answer.model):
            prepare(asked)
        logs.content("question: %s", question)
        answer = asked.ask(question, where=given_where(where), model=model, explain=explain)
        notices = asked.notices()
    logs.answered(answer)
    if as_json:
        print_json(answer.to_dict())
    else:
        print_answer(answer)
        if explain:
            print_explanation(answer)
    print_failures(failed)
    print_notices(notices)
    if failed:
        return LEFT_OUT
    return 0 if answer.status == "answered" else NOT_FOUND


def search(
    query: QuestionArgument,
    k: Annotated[int | None, typer.Option("-k", min=1, metavar="N", help="How many passages.")] = None,
    library: LibraryOption = None,
    where: WhereOption = None,
    as_json: JsonOption = False,
) -> int:
    """Show the passages that are found for some words, best first, without choosing an answer."""
    with open_library(library) as opened:
        prepare(opened)
        logs.content("query: %s", query)
        passages = opened.search(query, k=k, where=given_where(where))
        notices = opened.notices()
    logs.log.info("%d passages", len(passages))
    if as_json:
        print_json({"query": query, "passages": [passage.to_dict() for passage in passages]})
    elif passages:
        print_passages(passages)
    else:
        print_notice("Nothing was found.")
    print_notices(notices)
    return 0 if passages else NOT_FOUND


def _searches(question: str, model: str) -> bool:
    """Whether the documents are needed for what was typed: not for a greeting, nor for a letter that nobody writes."""
    from qa.questions import QUOTES
    from qa.requests.recognising import recognised  # not before a question is asked

    request = recognised(question)
    return not request.alone or (request.kind == "writing" and model != QUOTES)


def library_of(paths: list[str] | None, library: str | None) -> Library:
    """The library that is asked: this one, or that of the PATHs, which `read_paths` then reads."""
    if paths and library:
        raise typer.BadParameter("a question is put either to PATHs or to a --library")
    if not paths:
        return open_library(library)
    from qa.asking import for_documents

    return for_documents(paths)


def read_paths(library: Library, paths: list[str]) -> IndexReport:
    """Read the PATHs into their library. Raises ReadError, LibraryEmpty where there is nothing to ask then."""
    from qa.asking import check_read

    report = run_visibly(lambda progress, cancel: library.add(paths, progress=progress, cancel=cancel))
    if not report.cancelled:
        if len(report.failed) > 1 and not library.sources():
            print_failures(report.failed)  # the error below names the first alone
        check_read(library, report)
    return report


def print_failures(failed: tuple[Failure, ...]) -> None:
    """Say which files were left out, and why."""
    for failure in failed:
        reason = visible(failure.reason, one_line=True)
        print_notice((f"left out: {short_path(failure.source)}: {reason}", "yellow"))
