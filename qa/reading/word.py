"""DOCX to text. Runs in the child process.

python-docx opens the package and knows the styles. The text is taken from the XML beneath, because its paragraphs leave
out what stands in content controls, tracked insertions, fields and text boxes, and because its tables are slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from qa.errors import ReadError
from qa.reading.archive import parse_xml
from qa.reading.blocks import Blocks, Extract, one_line

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_REMOVED = frozenset({_W + "del", _W + "moveFrom", _FALLBACK, _W + "instrText", _W + "delText"})
_BREAKS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_HEADING_STYLE = re.compile(r"(?:title|subtitle|heading \d)$", re.IGNORECASE)
_NOTES = {"footnotes": "footnote", "endnotes": "endnote"}


def read_docx(data: bytes, limit: int) -> Extract:
    """A Word document's paragraphs, headings, lists and tables in their order, then its foot- and endnotes."""
    import docx

    try:
        document = docx.Document(BytesIO(data))
    except ValueError:  # its main part is of another type, such as a document with macros
        raise ReadError("it is no plain Word document: open it in Word and save it as .docx") from None
    blocks = Blocks("docx", limit)
    blocks.title = one_line(document.core_properties.title or "") or None
    if blocks.title == "Word Document":  # what python-docx answers where the file has no properties
        blocks.title = None
    reader = _Reader(document, blocks)
    reader.add(document.element.body)
    if blocks.title is None:
        blocks.title = reader.first_title
    for kind, tag in _NOTES.items():
        reader.add_notes(kind, tag)
    return blocks.extract()


class _Reader:
    def __init__(self, document: Document, blocks: Blocks) -> None:
        self._document = document
        self._blocks = blocks
        self._headings, self._lists = _styles(document)
        self.first_title: str | None = None

    def add(self, parent: _Element) -> None:
        """Everything below `parent` in order, through content controls and the like, without recursion."""
        pending = list(reversed(parent))
        while pending:
            element = pending.pop()
            tag = element.tag
            if tag == _W + "p":
                boxes = self._paragraph(element)
                pending += [child for box in reversed(boxes) for child in reversed(box)]
            elif tag == _W + "tbl":
                self._table(element)
            elif tag not in _REMOVED and isinstance(tag, str) and len(element):
                pending += reversed(element)

    def add_notes(self, kind: str, tag: str) -> None:
        """Foot- or endnotes, each as a paragraph; Word keeps them in a part of their own."""
        for relation in self._document.part.rels.values():
            if relation.reltype.endswith("/" + kind) and not relation.is_external:
                for note in parse_xml(relation.target_part.blob).iterfind(_W + tag):
                    if note.get(_W + "type") in (None, "normal"):
                        self._blocks.paragraph(_all_text(note))

    def _paragraph(self, paragraph: _Element) -> list[_Element]:
        text, boxes = _text(paragraph)
        properties = paragraph.find(_W + "pPr")
        style = _value(properties, "pStyle") or ""
        if style in self._headings or (_value(properties, "outlineLvl") or "9") < "9":
            self._blocks.heading(text)
            self.first_title = self.first_title or one_line(text) or None
        elif style in self._lists or (properties is not None and properties.find(_W + "numPr") is not None):
            if text.strip():
                self._blocks.line("- " + text)
        else:
            self._blocks.paragraph(text)
        return boxes

    def _table(self, table: _Element) -> None:
        self._blocks.break_lines()
        for row in table.iterfind(".//" + _W + "tr"):
            if _inner_table(row, table):
                continue  # its text is in the cell that holds it
            cells = [one_line(_all_text(cell)) for cell in row.iter(_W + "tc") if not _nested_cell(cell, row)]
            self._blocks.line(" | ".join(cell for cell in cells if cell))
        self._blocks.break_lines()


def _styles(document: Document) -> tuple[set[str], set[str]]:
    """The ids of the styles of headings and of list items, those derived from them included."""
    headings, lists = set(), set()
    elements = {style.get(_W + "styleId"): style for style in document.styles.element.iterfind(_W + "style")}
    for identifier in elements:
        current, seen = identifier, set()
        while current in elements and current not in seen:
            seen.add(current)
            name = _value(elements[current], "name") or ""
            properties = elements[current].find(_W + "pPr")
            if _HEADING_STYLE.match(name) or (_value(properties, "outlineLvl") or "9") < "9":
                headings.add(identifier)
                break
            if name.lower().startswith("list") and name.lower() != "list paragraph":
                lists.add(identifier)
                break
            current = _value(elements[current], "basedOn")
    return headings, lists


def _value(parent: Any, tag: str) -> str | None:
    child = parent.find(_W + tag) if parent is not None else None
    value = child.get(_W + "val") if child is not None else None
    return None if value is None else str(value)


def _text(paragraph: _Element) -> tuple[str, list[_Element]]:
    """A paragraph's own text, and the text boxes anchored in it, which are blocks of their own."""
    pieces: list[str] = []
    boxes: list[_Element] = []
    pending = list(reversed(paragraph))
    while pending:
        element = pending.pop()
        if element.tag == _W + "t":
            pieces.append(element.text or "")
        elif element.tag in _BREAKS:
            pieces.append(_BREAKS[str(element.tag)])
        elif element.tag == _W + "txbxContent":
            boxes.append(element)
        elif element.tag not in _REMOVED and element.tag != _W + "pPr":
            pending += reversed(element)
    return "".join(pieces), boxes


def _all_text(parent: _Element) -> str:
    """The text of every paragraph below, one on a line."""
    return "\n".join(_paragraphs(parent))


def _paragraphs(parent: _Element) -> Iterator[str]:
    for paragraph in parent.iter(_W + "p"):
        if not any(ancestor.tag == _FALLBACK for ancestor in paragraph.iterancestors()):
            yield _text(paragraph)[0]


def _inner_table(row: _Element, table: _Element) -> bool:
    return next(row.iterancestors(_W + "tbl"), None) is not table


def _nested_cell(cell: _Element, row: _Element) -> bool:
    return next(cell.iterancestors(_W + "tr"), None) is not row
