"""Bad inputs in memory that several tests of faults take, and what is said of how they ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.reading import reading_files as files

Record = Callable[[str, object], None]
"""pytest's record_property."""

LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]>"
)
"""Entities that multiply to 200 gigabytes under the name a11."""

SECRET = b'<!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>'
"""An entity of that name that names a file."""


def tell(record: Record, what: str, ended: str) -> None:
    """Report how a bad input ended."""
    record("bad input", f"{what}: {ended}")


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1, of which the first is its catalog."""
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return bytes(
        out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + b"trailer\n<< /Size %d /Root 1 0 R >>\n" % size
        + b"startxref\n%d\n%%%%EOF\n" % len(out)
    )  # fmt: skip


def with_entity(data: bytes, part: str, marker: bytes, declared: bytes) -> bytes:
    """A zip document one of whose parts declares entities and has &a11; in the place of the marker."""
    xml = files.part(data, part)
    assert marker in xml
    head, end, rest = xml.partition(b"?>") if xml.startswith(b"<?xml") else (b"", b"", xml)
    return files.rezipped(data, {part: head + end + declared + rest.replace(marker, b"&a11;")})


def sheet_with(cells: Sequence[tuple[int, str]]) -> bytes:
    """A sheet that has these cells alone, by row and name ("XFD1048576"), each with the words "far away"."""
    data = files.sheet(["x"])
    page = files.part(data, "xl/worksheets/sheet1.xml")
    before, _, rest = page.partition(b"<sheetData>")
    after = rest.partition(b"</sheetData>")[2]
    rows = b"".join(
        b'<row r="%d"><c r="%s" t="inlineStr"><is><t>far away</t></is></c></row>' % (row, name.encode())
        for row, name in cells
    )
    sheet = before + b"<sheetData>" + rows + b"</sheetData>" + after
    return files.rezipped(data, {"xl/worksheets/sheet1.xml": sheet})


def understated(data: bytes, part: str, size: int) -> bytes:
    """A zip file whose list of contents says that a part unpacks to `size` bytes, whatever it does unpack to."""
    changed = bytearray(data)
    at = changed.find(b"PK\x01\x02")
    while at >= 0:
        length = int.from_bytes(changed[at + 28 : at + 30], "little")
        if changed[at + 46 : at + 46 + length] == part.encode():
            changed[at + 24 : at + 28] = size.to_bytes(4, "little")
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)
