"""PPTX to text: slides as pages, their titles as headings, tables and notes included. Runs in the child process."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from qa.errors import ReadError
from qa.reading.blocks import Blocks, Extract, one_line


def read_pptx(data: bytes, limit: int) -> Extract:
    """A presentation's text; the page of a mark is the number of the slide, counted from 1."""
    import pptx

    try:
        presentation = pptx.Presentation(BytesIO(data))
    except ValueError:
        raise ReadError("it is no plain presentation: open it in PowerPoint and save it as .pptx") from None
    blocks = Blocks("pptx", limit)
    blocks.title = one_line(presentation.core_properties.title or "") or None
    if blocks.title == "PowerPoint Presentation":  # what PowerPoint writes where nobody gave one
        blocks.title = None
    for number, slide in enumerate(presentation.slides, 1):
        title = slide.shapes.title
        heading = one_line(title.text_frame.text) if title is not None and title.has_text_frame else ""
        blocks.mark(page=number, heading=heading)
        blocks.paragraph(heading)
        if number == 1 and blocks.title is None:
            blocks.title = heading or None
        for shape in _shapes(slide.shapes):
            if title is None or shape.shape_id != title.shape_id:
                _add(blocks, shape)
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            notes = slide.notes_slide.notes_text_frame.text
            blocks.paragraph(f"Notes: {notes}" if notes.strip() else "")
    return blocks.extract()


def _shapes(shapes: Any) -> Iterator[Any]:
    """Every shape, those inside groups in their place, without recursion."""
    pending = list(reversed(list(shapes)))
    while pending:
        shape = pending.pop()
        if hasattr(shape, "shapes"):
            pending += reversed(list(shape.shapes))
        else:
            yield shape


def _add(blocks: Blocks, shape: Any) -> None:
    blocks.break_lines()
    if getattr(shape, "has_table", False):
        for row in shape.table.rows:
            blocks.line(" | ".join(text for cell in row.cells if (text := one_line(cell.text_frame.text))))
    elif shape.has_text_frame:
        paragraphs = [text for paragraph in shape.text_frame.paragraphs if (text := one_line(paragraph.text))]
        for text in paragraphs:
            if len(paragraphs) > 1:
                blocks.line("- " + text)
            else:
                blocks.paragraph(text)
