"""Jupyter notebooks to text: cells in their order, with what they printed. Runs in the child process."""

from __future__ import annotations

import json
from typing import Any

from qa.errors import ReadError
from qa.reading import headings
from qa.reading.blocks import Blocks, Extract, clean

_DAMAGED = "it is damaged, or no notebook: open it in Jupyter and save it again"


def read_ipynb(data: bytes, limit: int) -> Extract:
    """A notebook's Markdown, code and text outputs; its headings as marks, images and error traces left out."""
    try:
        notebook = json.loads(data)
        cells = notebook.get("cells")
        if cells is None:  # version 3 and before
            cells = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ReadError(_DAMAGED) from None
    if not isinstance(cells, list):
        raise ReadError(_DAMAGED)
    blocks = Blocks("ipynb", limit)
    for cell in cells:
        if not isinstance(cell, dict):
            raise ReadError(_DAMAGED)
        source = _joined(cell.get("source", cell.get("input")))
        if cell.get("cell_type") == "markdown":
            _add_markdown(blocks, source)
        else:
            blocks.paragraph(source)
        for output in cell.get("outputs") or []:
            blocks.paragraph(_printed(output))
    return blocks.extract()


def _add_markdown(blocks: Blocks, source: str) -> None:
    source = clean(source)
    found, title = headings.markdown(source)
    blocks.title = blocks.title or title
    starts = [0, *(heading.start for heading in found)]
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else len(source)
        if index and source[start:end].strip():
            blocks.mark(heading=found[index - 1].text)
        blocks.paragraph(source[start:end])


def _printed(output: Any) -> str:
    if not isinstance(output, dict):
        return ""
    data = output.get("data")
    shown = data.get("text/plain") if isinstance(data, dict) else output.get("text")
    return _joined(shown)


def _joined(value: Any) -> str:
    """Notebooks write text as a string or as a list of lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""
