"""Makes small documents of every kind, in memory."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

import docx
import openpyxl
import pptx
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas


def pdf(*pages: str, title: str | None = None, encrypt: StandardEncryption | None = None) -> bytes:
    """A page for each string, its lines one under the other; a line that begins with # is set large and bold."""
    file = io.BytesIO()
    paper = canvas.Canvas(file, encrypt=encrypt, invariant=True)
    if title is not None:
        paper.setTitle(title)
    for page in pages:
        height = 780
        for line in page.splitlines():
            paper.setFont(*(("Helvetica-Bold", 20) if line.startswith("#") else ("Helvetica", 11)))
            paper.drawString(60, height, line.removeprefix("# "))
            height -= 30 if line.startswith("#") else 14
        paper.showPage()
    paper.save()
    return file.getvalue()


def raw_pdf(content: bytes, filters: str, pages: int = 1) -> bytes:
    """A PDF of so many pages that all have this content stream, written by hand."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b"3 0 R " * pages, pages),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(content), filters.encode(), content),
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out + b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)


def saved(document: Any) -> bytes:
    """The bytes that an Office document saves."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def slides(*titles: str) -> bytes:
    presentation = pptx.Presentation()
    for title in titles:
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        assert slide.shapes.title is not None
        slide.shapes.title.text = title
    return saved(presentation)


def sheet(*rows: Sequence[Any], name: str = "Sheet1") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = name
    for row in rows:
        page.append(list(row))
    return saved(book)


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name)  # of a fixed time: the bytes are part of tests' names
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return file.getvalue()


def rezipped(data: bytes, changed: dict[str, bytes]) -> bytes:
    """The same zip file with these parts replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | changed)


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def with_shared_strings(data: bytes) -> bytes:
    """The same sheet with its strings in a table of their own, as Excel writes them and openpyxl does not always."""
    page, types = part(data, "xl/worksheets/sheet1.xml"), part(data, "[Content_Types].xml")
    strings: list[bytes] = []

    def share(match: re.Match[bytes]) -> bytes:
        strings.append(match[2])
        return b'%s t="s"><v>%d</v>' % (match[1], len(strings) - 1)

    page = re.sub(rb'(<c r="\w+") t="inlineStr"><is><t>(.*?)</t></is>', share, page)
    table = b"".join(b"<si><t>%s</t></si>" % string for string in strings)
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
    changed = {
        "xl/worksheets/sheet1.xml": page,
        "[Content_Types].xml": types.replace(b"</Types>", override),
        "xl/sharedStrings.xml": b'<sst xmlns="%s">%s</sst>' % (main, table),
    }
    return rezipped(data, changed)


def epub(chapters: dict[str, bytes], title: str = "The Book", extra: dict[str, bytes] | None = None) -> bytes:
    items = "".join(
        f'<item id="{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    return zipped(
        {"mimetype": b"application/epub+zip", "META-INF/container.xml": container.encode()}
        | {"OEBPS/book.opf": package.encode()}
        | {f"OEBPS/{name}": text for name, text in chapters.items()}
        | (extra or {})
    )


def mail(text: str | None = None, html: str | None = None, attachment: str | None = None, **headers: str) -> bytes:
    message = EmailMessage()
    for name, value in headers.items():
        message[name] = value
    if text is not None:
        message.set_content(text)
    if html is not None:
        (message.add_alternative if text is not None else message.set_content)(html, subtype="html")
    if attachment is not None:
        message.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename=attachment)
    return bytes(message)
