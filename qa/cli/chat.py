"""`quoth chat`: a conversation with the documents; where there is no terminal, three sample questions."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from qa.cli.direct import in_terminal, open_chat
from qa.cli.opening import first_step, open_library
from qa.cli.options import JsonOption, LibraryOption, OptionalPathsArgument, PortOption, WebOption
from qa.cli.output import LEFT_OUT, print_answer, print_json, print_line, print_notice, print_report
from qa.cli.progress import prepare, run_visibly
from qa.errors import InputError, LibraryEmpty, QuothError

if TYPE_CHECKING:
    from qa.library import Library
    from qa.types import Failure

SAMPLE_QUESTIONS = (
    "When did Donald Trump and Kim Jong Un first meet?",
    "Who was Otto Warmbier?",
    "Are my files ever modified?",
)
"""About the sample corpus; asked where there is no terminal to chat in."""


def chat(
    paths: OptionalPathsArgument = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
    web: WebOption = False,
    port: PortOption = None,
) -> int:
    """Talk with your documents; PATHs are added to the library first."""
    if port is not None and not web:
        raise InputError("--port is for the chat in a browser; add --web")
    given = [str(path) for path in paths or ()]
    if web:
        from qa.places import existing
        from tui.web import serve

        if given:
            existing(given)  # a path that is mistyped is said before the browser opens
        return serve(library, given, port)
    if not as_json and in_terminal():
        return open_chat(library, given)
    code = 0
    failed: tuple[Failure, ...] = ()
    with open_library(library, create=bool(paths)) as opened:
        if paths:
            from qa.asking import check_read

            report = run_visibly(lambda progress, cancel: opened.add(paths, progress=progress, cancel=cancel))
            if report.cancelled:
                return print_report(report, "", as_json)
            failed = report.failed
            if as_json:
                code = LEFT_OUT if report.failed else 0
            elif report.failed or report.added or report.updated or report.removed:
                code = print_report(report, "", as_json)
            check_read(opened, report)
        if not opened.sources():
            raise LibraryEmpty(f"the library {opened.name} holds no documents yet; {first_step()}")
        return _answer_samples(opened, as_json, failed) or code


def _answer_samples(library: Library, as_json: bool, failed: tuple[Failure, ...]) -> int:
    """Answer the sample questions, if the library holds the sample corpus, and say how to get the chat."""
    how = 'the chat needs a terminal: run quoth chat (or make chat) in one; without it: quoth ask "..."'
    if not _holds_samples(library):
        raise QuothError(how)
    prepare(library)
    answers = [library.ask(question) for question in SAMPLE_QUESTIONS]
    if as_json:
        print_json({"answers": [answer.to_dict() for answer in answers], "failed": [asdict(one) for one in failed]})
    else:
        for answer in answers:
            print_line((f"> {answer.question}", "bold"))
            print_answer(answer)
            print_line()
    print_notice(f"No terminal here, so these were three sample questions; {how}.")
    return 0


def _holds_samples(library: Library) -> bool:
    from qa.places import sample_corpus

    corpus = sample_corpus()
    return any(source.source.startswith(str(corpus)) for source in library.sources())
