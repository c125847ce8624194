"""What the commands print: results on standard output, notices and errors on standard error.

With --json, standard output holds one object with "schema" (qa.types.SCHEMA_VERSION) and nothing else; where a command
fails, that object has "error" with "type" (a class of qa.errors, or "UsageError") and "message".
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from qa.apikeys import hidden
from qa.display import count, percent, short_path, snippet, visible
from qa.logs import log

if TYPE_CHECKING:
    from rich.console import Console

    from qa.types import Answer, Citation, IndexReport, Passage

NOT_FOUND, LEFT_OUT, INTERRUPTED = 3, 4, 130
"""Exit codes: not in the documents; some files left out; ended by Ctrl-C (128 and the number of SIGINT)."""

NO_LIBRARY, LOCKED, DAMAGED = 10, 11, 12
"""Exit codes of `quoth doctor`: no library; another process writes to it; damaged."""

NEAREST = 3
"""How many of the nearest passages are shown when the documents do not answer."""


Part = str | tuple[str, str]
"""A piece of a line: text that is safe to show, or such text with a rich style."""


def print_json(value: Mapping[str, Any]) -> None:
    """Print one object. It is all ASCII, so neither a terminal nor a narrow locale can trip over what is in it."""
    from qa.types import SCHEMA_VERSION

    sys.stdout.write(json.dumps({"schema": SCHEMA_VERSION, **value}, indent=2) + "\n")


def print_error(message: str, kind: str, as_json: bool) -> None:
    """Print an error as one line on standard error, or as one JSON object on standard output."""
    message = hidden(" ".join(message.split())) or kind
    if as_json:
        print_json({"error": {"type": kind, "message": message}})
    else:
        print_notice(("quoth: ", "bold red"), visible(message, one_line=True))


def print_line(*parts: Part) -> None:
    """Print a line on standard output; a terminal gets it wrapped between words, a pipe gets it whole."""
    _print(console(sys.stdout), parts)


def print_notice(*parts: Part) -> None:
    """Print a line on standard error, after what standard output holds so far."""
    sys.stdout.flush()
    _print(console(sys.stderr), parts)


def print_notices(notices: Iterable[str]) -> None:
    """Print what a person should know, a line each, on standard error."""
    for notice in notices:
        print_notice((visible(notice, one_line=True), "yellow"))


def console(stream: Any) -> Console:
    """A rich console that takes what it is given as text: no markup, no emoji codes, no colours of its own."""
    from rich.console import Console

    return Console(file=stream, markup=False, emoji=False, highlight=False)


def print_answer(answer: Answer) -> None:
    """Print the answer's text, the numbered sources under it, and on standard error how sure it is."""
    from rich.text import Text

    text = Text()
    reached = 0
    for sentence in answer.sentences:  # of what a model wrote
        text.append(visible(answer.text[reached : sentence.end]))
        reached = sentence.end
        if sentence.support != "supported":
            text.append(f" ({sentence.support})", "red" if sentence.support == "unsupported" else "yellow")
    text.append(visible(answer.text[reached:]))
    text.highlight_regex(r"\[\d+\]", "cyan")
    screen = console(sys.stdout)
    screen.print(text, soft_wrap=not screen.is_terminal)
    if answer.citations:
        print_line()
    for citation in answer.citations:
        print_line((f"[{citation.number}] ", "cyan"), place(citation))
    if answer.status == "not_found" and answer.passages:
        print_line()
        print_line("The nearest passages:")
        for passage in answer.passages[:NEAREST]:
            print_line("- ", place(passage), (f": {snippet(passage.text)}", "dim"))
    for sentence in [one for one in answer.sentences if one.support != "supported" and one.reasons]:
        words = snippet(answer.text[sentence.start : sentence.end])
        print_notice((f"{sentence.support}: “{words}”: {visible(sentence.reasons[0], one_line=True)}", "yellow"))
    total = answer.timings.get("total")
    facts = [
        *([f"confidence {percent(answer.confidence)}"] if answer.measured else []),
        *([f"{total:.0f} ms"] if total is not None else []),
        answer.model,
    ]
    print_notice((visible(", ".join(facts), one_line=True), "dim"))


def print_explanation(answer: Answer) -> None:
    """Print why an answer is as it is, in tables as wide as the terminal; 80 columns in a pipe."""
    from qa.explained import explained, unexplained

    sys.stderr.flush()
    screen = console(sys.stdout)
    screen.print()
    screen.print(explained(answer.explanation) if answer.explanation else unexplained(answer))


def print_passages(passages: list[Passage]) -> None:
    """Print what was found, best first."""
    for number, passage in enumerate(passages, start=1):
        print_line((f"[{number}] ", "cyan"), place(passage), (f"  score {passage.score:.2f}", "dim"))
        print_line(visible(passage.text.strip()))
        print_line()


def place(found: Citation | Passage) -> str:
    """Where it stands, for a person: the path, then the page or the line, then the heading."""
    where = f"p. {found.page}" if found.page is not None else f"line {found.line}"
    heading = [visible(found.heading, one_line=True)] if found.heading else []
    return ", ".join([short_path(found.source), where, *heading])


def print_report(report: IndexReport, verb: str, as_json: bool) -> int:
    """Print what an add, update, remove or rebuild did, and return the exit code for it.

    verb: the word for what the counts mean where none of the report's own lists does ("rebuilt").
    """
    lists = (report.added, report.updated, report.unchanged, report.removed, report.failed)
    log.info("%d added, %d updated, %d unchanged, %d removed, %d left out", *map(len, lists))
    log.info("%d chunks, %d embedded, %.1f seconds", report.chunks, report.embedded, report.seconds)
    if as_json:
        print_json(report.to_dict())
    else:
        _print_counts(report, verb)
    print_notices(report.notices)
    if report.cancelled:
        done = len(report.added) + len(report.updated)
        kept = f" ({count(done, 'document')})" if done else ""
        print_notice(f"Interrupted. What was finished is kept{kept}; the same command goes on from there.")
        return INTERRUPTED
    return LEFT_OUT if report.failed else 0


def _print_counts(report: IndexReport, verb: str) -> None:
    lists = {"added": report.added, "updated": report.updated, "unchanged": report.unchanged, "removed": report.removed}
    done = [f"{len(sources):,} {name}" for name, sources in lists.items() if sources]
    if not done and not report.failed and not report.cancelled:
        done = [verb]
    facts = [*([count(report.chunks, "chunk")] if report.chunks else []), f"{report.seconds:.1f} s"]
    if done:
        print_line(", ".join(done), (f"  ({', '.join(facts)})", "dim"))
    if report.failed:
        print_line((f"{count(len(report.failed), 'file')} left out:", "bold"))
    for failure in report.failed:
        print_line("- ", short_path(failure.source), ": ", visible(failure.reason, one_line=True))


def _print(screen: Console, parts: tuple[Part, ...]) -> None:
    from rich.text import Text

    screen.print(Text.assemble(*parts), soft_wrap=not screen.is_terminal)
