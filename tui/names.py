"""How documents are called in lists: told apart by their full paths, and no longer than that takes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path


def common_folder(sources: Iterable[str]) -> str:
    """The innermost folder that all sources lie in; "" where they have no more in common than a home does."""
    folders = {os.path.dirname(source) for source in sources}  # noqa: PTH120 (names need not be UTF-8)
    if not folders:
        return ""
    folder, home = os.path.commonpath(folders), str(Path.home())
    return "" if home == folder or home.startswith(os.path.join(folder, "")) else folder


def name_below(source: str, folder: str) -> str:
    """A source's path below the common folder; without one, the whole path with ~ for the home folder."""
    if folder:
        return source.removeprefix(os.path.join(folder, ""))
    home = os.path.join(Path.home(), "")
    return f"~/{source.removeprefix(home)}" if source.startswith(home) else source


def human_size(size: int) -> str:
    """Bytes as a person reads them: "812 B", "3.4 kB", "12 MB"."""
    number, units = float(size), iter(("kB", "MB", "GB"))
    unit = "B"
    while number >= 999.5 and (larger := next(units, "")):
        number, unit = number / 1000, larger
    return f"{number:.1f} {unit}" if number < 9.95 and unit != "B" else f"{number:.0f} {unit}"


def local_date(when: float) -> str:
    """The day of a time, where the user is."""
    return time.strftime("%Y-%m-%d", time.localtime(when))


def briefly(when: float, now: float) -> str:
    """When, in at most six characters, from `now`: 14:02 the same day, Tue within a week, 3 Nov within a year, 2025."""
    then, today = time.localtime(when), time.localtime(now)
    days = date(*today[:3]) - date(*then[:3])
    if days <= timedelta():
        return time.strftime("%H:%M", then)
    if days < timedelta(7):
        return time.strftime("%a", then)
    return f"{then.tm_mday} {time.strftime('%b', then)}" if days < timedelta(365) else str(then.tm_year)
