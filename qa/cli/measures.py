"""What `quoth eval` prints for a person: figures, curves, the suggested threshold, the worst cases, a comparison."""

from __future__ import annotations

import codecs
import os
import sys
from typing import TYPE_CHECKING

from qa.cli.output import print_line
from qa.display import count, percent, short_path, snippet, visible

if TYPE_CHECKING:
    from qa.evaluation import Comparison, Difference, Evaluation, Figure, Kind, Record, Suggestion

GROUPS = {
    "retrieval": "What was found",
    "answers": "Answers",
    "citations": "Citations, of what was answered",
    "abstention": "Knowing when not to answer",
}

OUTCOMES = {
    "wrong": "answered, and not with what was wanted",
    "false": "answered, and the documents do not answer it",
    "refused": "not answered",
}

_LABEL = 34
"""Characters for the words before a figure."""

_CHANGED = 10
"""Questions that changed sides which are listed, each way."""

FEWEST = 5
"""Questions out of fewer of which no threshold is suggested."""


def print_evaluation(evaluation: Evaluation, worst: int) -> None:
    """Print everything but the comparison. worst: how many of the cases that came out wrong."""
    from qa.evaluation import drawing

    setup, records, ascii_only = evaluation.setup, evaluation.records, plain_output()
    no = sum(not record.answerable for record in records)
    print_line(
        f"{count(len(records), 'question')}, {no:,} not answerable; {count(setup.documents, 'document')}; "
        f"answered by {visible(setup.model, one_line=True)}, threshold {setup.threshold!r}"
    )
    _print_figures(evaluation)
    if curve := drawing.risk_coverage(evaluation.curve, setup.threshold, evaluation.suggestion, ascii_only=ascii_only):
        _heading("Risk and coverage")
        print_line("Answers that are wrong, by the share of questions answered, surest first:")
        _print_lines(curve)
    if any(one.questions for one in evaluation.bins):
        _heading("Reliability")
        print_line("Confidence, questions, and how many of these are answerable; | is where")
        print_line("the bar ends when the confidence is true:")
        _print_lines(drawing.reliability(evaluation.bins, ascii_only=ascii_only))
    if len(records) < FEWEST:
        print_line()
        print_line(f"No threshold is suggested out of {count(len(records), 'question')}.")
    elif evaluation.suggestion:
        _print_suggestion(evaluation.suggestion)
    elif evaluation.curve:
        print_line()
        print_line("No threshold is suggested: with none is any answer right.")
    _print_worst(evaluation, worst)


def print_comparison(comparison: Comparison, name: str) -> None:
    """Print what differs from an earlier run; name: of its file."""
    _heading(f"Compared with {name}")
    apart = comparison.only_before + comparison.only_after
    others = f"; {count(apart, 'question')} in one of them only, or with other answers wanted" if apart else ""
    print_line(f"{count(comparison.paired, 'question')} in both{others}")
    group = ""
    for one in comparison.differences:
        kind = _kind(one.name)
        if kind.group != group:
            group = kind.group
            print_line()
            print_line((f"{GROUPS[group]:<{_LABEL}} before    now  change  95% interval", "bold"))
        print_line(*_difference(one, kind))
    for words, records in (("From right to wrong", comparison.lost), ("From wrong to right", comparison.won)):
        print_line()
        print_line((f"{words}: {len(records):,}", "bold"))
        for record in records[:_CHANGED]:
            print_line(f"  {_line(record)}{snippet(record.question)}")
        if more := len(records[_CHANGED:]):
            print_line(f"  and {more:,} more (--json lists all)")


def plain_output() -> bool:
    """Whether standard output is to have ASCII alone: by QUOTH_ASCII, a dumb terminal, or its encoding."""
    if os.environ.get("QUOTH_ASCII") or os.environ.get("TERM") == "dumb":
        return True
    try:
        return codecs.lookup(sys.stdout.encoding or "ascii").name != "utf-8"
    except LookupError:
        return True


def _print_figures(evaluation: Evaluation) -> None:
    group = ""
    for name, figure in evaluation.figures.items():
        kind = _kind(name)
        if kind.group != group:
            group = kind.group
            print_line()
            print_line((f"{GROUPS[group]:<{_LABEL}}          95% interval  questions", "bold"))
        print_line(_figure(figure, kind))
    if evaluation.left_out:
        print_line()
        print_line(("Left out", "bold"))
    for name, reason in evaluation.left_out.items():
        print_line(f"{_kind(name).label:<{_LABEL}} {reason}")


def _figure(figure: Figure, kind: Kind) -> str:
    same = figure.low == figure.high  # every draw came out alike, so it says nothing of other questions
    interval = "all alike" if same else f"{_number(figure.low, kind)} to {_number(figure.high, kind)}"
    label = visible(kind.label, one_line=True)
    return f"{label:<{_LABEL}}{_number(figure.value, kind):>7}{interval:>17}{figure.questions:>8,}"


def _difference(one: Difference, kind: Kind) -> tuple[str, tuple[str, str]]:
    scale, digits = _scale(kind)
    low, high, change = (f"{scale * value:+.{digits}f}" for value in (one.low, one.high, one.difference))
    values = f"{_number(one.before, kind):>7}{_number(one.after, kind):>7}{change:>8}"
    label = visible(kind.label, one_line=True)
    style = {"better": "green", "worse": "red", "unsure": "dim", "same": "dim"}[one.verdict]
    sure = one.verdict if one.verdict == "same" else f"{low} to {high}, {one.verdict}"
    return f"{label:<{_LABEL}}{values}", (f"  {sure}", style)


def _number(value: float, kind: Kind) -> str:
    scale, digits = _scale(kind)
    return f"{scale * value:.{digits}f}{'%' if kind.share else ''}"


def _scale(kind: Kind) -> tuple[int, int]:
    """What a figure is multiplied with to be shown, and the digits behind its point."""
    return (100, 1) if kind.share else (1, 1) if kind.name == "words" else (1, 3)


def _kind(name: str) -> Kind:
    from qa.evaluation.figures import kind_of

    return kind_of(name)


def _print_suggestion(found: Suggestion) -> None:
    _heading(f"A threshold for {100 * found.wanted:.4g}% right")
    if not found.reached:
        print_line(f"None makes {100 * found.wanted:.4g}% of the answers to these questions right. The best:")
    print_line(
        f"{found.threshold!r} answers {found.coverage:.0%} of the questions ({found.coverage_low:.0%} to "
        f"{found.coverage_high:.0%}), {found.right:,} of {found.answered:,} right;"
    )
    print_line(f"by so many, at least {found.at_least:.0%} of the answers to others are right (95% sure).")
    print_line(f"To set it: threshold = {found.threshold!r} under [answer] in quoth.toml (quoth config says")
    print_line(f"where), or QUOTH_ANSWER__THRESHOLD={found.threshold!r}. It was chosen on these questions, so")
    print_line("others do a little worse.")


def _print_worst(evaluation: Evaluation, most: int) -> None:
    bad = evaluation.worst()
    if not bad or not most:
        return
    more = f", the worst {most:,} (--worst N shows more)" if len(bad) > most else ""
    _heading(f"Came out wrong: {len(bad):,} of {len(evaluation.records):,}{more}")
    for record in bad[:most]:
        _print_case(record)


def _print_case(record: Record) -> None:
    print_line()
    print_line((_line(record), "cyan"), (snippet(record.question), "bold"))
    found = ""
    if record.answers and record.answer_rank is not None:
        found = f"; passage {record.answer_rank} has it" if record.answer_rank else "; no passage that was found has it"
    sure = f"confidence {percent(record.confidence)}" if record.measured else f"taken for a request ({record.request})"
    print_line(f"  {OUTCOMES[record.outcome]}; {sure}{found}")
    if record.answers:
        print_line(f"  wanted: {snippet(' or '.join(record.answers))}")
    if record.answer:
        would = "would have said" if record.outcome == "refused" else "said"
        print_line(f"  {would}: {snippet(record.answer)}")
    if record.quotes:
        quote = record.quotes[0]
        where = f"p. {quote.page}" if quote.page is not None else f"line {quote.line}"
        print_line(("  from: ", "dim"), (f"{short_path(quote.source)}, {where}", "dim"))
    elif record.found:
        print_line(("  nearest: ", "dim"), (short_path(record.found[0]), "dim"))


def _line(record: Record) -> str:
    return f"line {record.line}  " if record.line else ""


def _heading(text: str) -> None:
    print_line()
    print_line((text, "bold"))


def _print_lines(lines: list[str]) -> None:
    for line in lines:
        print_line(line)
