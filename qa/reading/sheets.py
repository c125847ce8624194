"""XLSX to text. Runs in the child process.

A row must make sense when it is quoted alone: "2019 | 14.2" answers nothing. So where a header row can be recognised,
each cell is written with its header, "Year: 2019; Rainfall: 14.2", and each row is one line with a mark of its own
that names the sheet and the row as the spreadsheet program numbers it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from qa.reading.blocks import Blocks, Extract, one_line

HEADER_WITHIN = 10
"""A header row stands within so many rows of the first that is filled; above it are titles and remarks."""

ROWS = 1_048_576
"""A sheet has no more."""

_PERCENT = re.compile(r"^0(?:\.(0+))?%$")


def read_xlsx(data: bytes, limit: int) -> Extract:
    """Every sheet's filled rows, with the values that were last computed and stored."""
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    blocks = Blocks("xlsx", limit)
    try:
        blocks.title = one_line(str(book.properties.title or "")) or None
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file declares may be wrong, or a million rows of nothing
            _add(blocks, sheet)
    finally:
        book.close()
    return blocks.extract()


def _add(blocks: Blocks, sheet: Any) -> None:
    name = one_line(sheet.title)
    blocks.break_lines()
    headers: dict[int, str] | None = None
    filled = 0
    for number, row in enumerate(sheet.iter_rows(max_row=ROWS), 1):  # it pads up to whatever row a cell claims
        cells = {column: text for column, cell in enumerate(row) if (text := _shown(cell))}
        if not cells:
            continue
        filled += 1
        if filled == 1:
            blocks.mark(heading=name)
            blocks.line(name)
        blocks.mark(heading=f"{name}, row {number}")
        if headers is None and filled <= HEADER_WITHIN and _is_header(row):
            headers = cells
            blocks.line(" | ".join(cells.values()))
        elif headers:
            named = ((headers.get(column), text) for column, text in cells.items())
            blocks.line("; ".join(f"{header}: {text}" if header else text for header, text in named))
        else:
            if len(cells) > 1 and filled <= HEADER_WITHIN:
                headers = {}  # data came first: no later row is a header
            blocks.line(" | ".join(cells.values()))


def _is_header(row: Sequence[Any]) -> bool:
    """Two or more different words, none of them a number or a date, and none a sentence."""
    values = [cell.value for cell in row if cell.value is not None and str(cell.value).strip()]
    words = {str(value).strip().lower() for value in values if isinstance(value, str) and len(value) <= 80}
    return len(values) >= 2 and len(words) == len(values)


def _shown(cell: Any) -> str:
    """A cell as its spreadsheet shows it, near enough."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    if isinstance(value, int | float):
        if percent := _PERCENT.match(str(cell.number_format)):
            return f"{value:.{len(percent[1] or '')}%}"
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    return one_line(str(value))
