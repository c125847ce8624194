"""Figures that tests measure, and how they are put together at the end of a run.

A test gives one with pytest's own `record_property`: a name with a number, or with how something ended, as
"what was tried: how it ended". Numbers of one name are added up; what was tried is listed under its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest


def lines(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """The figures of these reports, a line each; what was tried comes sorted under its count."""
    numbers: dict[str, float] = {}
    tried: dict[str, set[str]] = {}
    for report in reports:
        for name, value in report.user_properties:
            if isinstance(value, (int, float)):
                numbers[name] = numbers.get(name, 0) + value
            else:
                tried.setdefault(name, set()).add(str(value))
    for name, number in sorted(numbers.items()):
        yield f"{name}: {number:g}"
    for name, each in sorted(tried.items()):
        yield f"{name}: {len(each)}"
        yield from (f"  {one}" for one in sorted(each))
