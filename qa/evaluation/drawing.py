"""The curves in a terminal: lines of at most 80 characters that need no colour."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.evaluation.curves import Bin, Cut
from qa.evaluation.threshold import Suggestion

COLUMNS, ROWS = 60, 8
"""The area in which a curve is drawn, in characters."""

_UP = " ▁▂▃▄▅▆▇█"
_RIGHT = " ▏▎▍▌▋▊▉█"
_UP_ASCII = " ....:::#"


def risk_coverage(
    curve: Sequence[Cut], threshold: float, suggestion: Suggestion | None, *, ascii_only: bool = False
) -> list[str]:
    """The risk-coverage curve, and where the threshold that is set and the suggested one lie; nothing for no curve."""
    if not curve:
        return []
    signs = _UP_ASCII if ascii_only else _UP
    top = max(0.1, math.ceil(10 * max(cut.risk for cut in curve)) / 10)
    heights = [None if risk is None else 8 * ROWS * risk / top for risk in _risks(curve)]
    lines = []
    for row in reversed(range(ROWS)):
        label = f"{top:.0%}" if row == ROWS - 1 else f"{top / 2:.0%}" if row == ROWS // 2 - 1 else ""
        cells = (" " if height is None else signs[_level(height, row)] for height in heights)
        lines.append(f"{label:>6} |{''.join(cells)}".rstrip())
    lines.append(f"{'0%':>6} +{'-' * COLUMNS}")
    lines.append(
        f"{'':7}0%{'25%':>{COLUMNS // 4}}{'50%':>{COLUMNS // 4}}{'75%':>{COLUMNS // 4}}{'100%':>{COLUMNS // 4}}"
    )
    now = next((cut for cut in reversed(curve) if cut.threshold >= threshold), None)
    marks = [(f"^ set: {threshold!r}", now.coverage if now else 0.0)]
    if suggestion:
        marks.append((f"^ suggested: {suggestion.threshold!r}", suggestion.coverage))
    return [*lines, *(_marked(text, coverage) for text, coverage in marks)]


def reliability(bins: Sequence[Bin], *, ascii_only: bool = False) -> list[str]:
    """The reliability diagram: for each bin a bar for how many questions are answerable, | where that should end."""
    width = COLUMNS - 8
    lines = []
    for one in bins:
        if one.confidence is None or one.answerable is None:
            continue
        eighths = round(8 * width * one.answerable)
        bar = _bar(eighths, ascii_only).ljust(width + 1)
        wanted = min(width, int(one.confidence * width))
        bar = f"{bar[:wanted]}|{bar[wanted + 1 :]}"
        label = f"{one.low * 100:.0f}-{one.high * 100:.0f}%"
        lines.append(f"{label:>8} {one.questions:>6,}  {bar} {one.answerable:>5.0%}")
    return lines


def _risks(curve: Sequence[Cut]) -> list[float | None]:
    """The risk for each column: of the first cut that reaches its coverage; None beyond the last."""
    found: list[float | None] = []
    for column in range(COLUMNS):
        reached = (cut.risk for cut in curve if cut.coverage > (column + 0.5) / COLUMNS)
        found.append(next(reached, None))
    return found


def _level(height: float, row: int) -> int:
    """How many eighths of its cell a column fills in a row; a height of nothing is a thin line in the lowest."""
    return max(1 if row == 0 else 0, min(8, round(height) - 8 * row))


def _bar(eighths: int, ascii_only: bool) -> str:
    if ascii_only:
        return "#" * round(eighths / 8)
    return _RIGHT[8] * (eighths // 8) + _RIGHT[eighths % 8].strip()


def _marked(text: str, coverage: float) -> str:
    """A line with a mark below its coverage; the words turn to the left where there is no room on the right."""
    column = min(COLUMNS - 1, int(coverage * COLUMNS))
    if column + len(text) > COLUMNS:
        turned = f"{text.removeprefix('^ ')} ^"
        return f"{'':8}{turned.rjust(column + 1)}"
    return f"{'':8}{' ' * column}{text}"
