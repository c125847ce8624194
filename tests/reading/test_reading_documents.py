"""Documents that need a parser: their text in its order, their headings and pages, and what is left out."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from qa.types import Document
from tests.reading import reading_files as files
from tests.reading.conftest import Read, Refused


def marks(document: Document) -> list[tuple[int | None, str | None, str]]:
    """Each mark's page and heading, with the first line of the text that begins there."""
    return [(mark.page, mark.heading, document.text[mark.start :].split("\n")[0]) for mark in document.marks]


def test_pdf_pages_headings_and_paragraphs(read: Read) -> None:
    first = "# The Report\nIt begins here and goes on\nin a second line.\n# Findings\nRain fell."
    document = read("a.pdf", files.pdf(first, "", "It fell for days.\n# Next\nThen it stopped.", title=" The  Title "))
    assert document.kind == "pdf"
    assert document.title == "The Title"
    assert document.encoding is None
    assert document.text == (
        "The Report\n\nIt begins here and goes on\nin a second line.\n\nFindings\n\nRain fell."
        "\n\fIt fell for days.\n\nNext\n\nThen it stopped."
    )
    assert marks(document) == [
        (1, "The Report", "The Report"),
        (1, "Findings", "Findings"),
        (3, "Findings", "It fell for days."),
        (3, "Next", "Next"),
    ]


def test_a_pdf_that_restricts_printing_is_read_and_one_with_a_password_is_not(read: Read, refused: Refused) -> None:
    restricted = StandardEncryption("", ownerPassword="owner", canPrint=0, canCopy=0)
    assert read("free.pdf", files.pdf("Hello there", encrypt=restricted)).text == "Hello there"
    locked = files.pdf("Hello there", encrypt=StandardEncryption("secret"))
    assert refused("locked.pdf", locked) == "it is protected by a password: save it without one and add it again"


def test_a_pdf_of_images_needs_ocr(read: Read, refused: Refused) -> None:
    def scan(with_text: bool) -> bytes:
        file = io.BytesIO()
        paper = canvas.Canvas(file)
        if with_text:
            paper.drawString(60, 700, "A cover with text")
            paper.showPage()
        paper.drawImage(ImageReader(picture()), 50, 50)
        paper.showPage()
        paper.save()
        return file.getvalue()

    assert "run OCR" in refused("scan.pdf", scan(with_text=False))
    document = read("mixed.pdf", scan(with_text=True))
    assert document.text == "A cover with text"
    assert document.notices == ("no text on page 2: images, which need OCR (text recognition)",)


def picture() -> io.BytesIO:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(file, "PNG")
    file.seek(0)
    return file


def test_an_empty_or_damaged_pdf_is_reported(refused: Refused) -> None:
    assert "it holds no text" in refused("blank.pdf", files.pdf("", ""))
    whole = files.pdf("Hello")
    assert "damaged" in refused("a.pdf", b"%PDF-1.7\n" + b"rubbish" * 100)
    assert "damaged" in refused("b.pdf", whole[: len(whole) // 3])


def test_docx_in_document_order(read: Read) -> None:
    document = docx.Document()
    document.core_properties.title = "Meta title"
    document.add_heading("Main", 0)
    document.add_paragraph("Before\nthe table.")
    table = document.add_table(2, 2)
    for cell, text in zip([c for row in table.rows for c in row.cells], ["Name", "Age", "Anna", "3\n4"], strict=True):
        cell.text = text
    document.add_heading("Part two", 2)
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Number")
    last = document.add_paragraph("It was ")
    last.add_run("not ").bold = True
    last.add_run("the end.\tReally.")
    read_back = read("a.docx", files.saved(document))
    assert read_back.title == "Meta title"
    assert read_back.kind == "docx"
    assert read_back.text == (
        "Main\n\nBefore\nthe table.\n\nName | Age\nAnna | 3 4\n\n"
        "Part two\n\n- one\n- two\n\nIt was not the end.\tReally."
    )
    assert marks(read_back) == [(None, "Main", "Main"), (None, "Part two", "Part two")]


WORD = nsdecls("w")


def test_docx_reads_what_stands_in_controls_insertions_boxes_and_fields(read: Read) -> None:
    document = docx.Document()
    body: Any = document.element.body
    pieces = [
        "<w:sdt {w}><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        "<w:p {w}><w:ins><w:r><w:t>Inserted</w:t></w:r></w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom></w:p>",
        "<w:p {w}><w:fldSimple w:instr='PAGE'><w:r><w:t>Field</w:t></w:r></w:fldSimple>"
        "<w:hyperlink><w:r><w:t> and link</w:t></w:r></w:hyperlink></w:p>",
        "<w:p {w}><w:r><w:t>Anchor</w:t>"
        "<w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent></w:r></w:p>",
        "<w:tbl {w}><w:tr><w:tc><w:p><w:r><w:t>Outer</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Inner</w:t></w:r>"
        "</w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>",
    ]
    for piece in reversed(pieces):
        body.insert(0, parse_xml(piece.format(w=WORD)))
    text = read("a.docx", files.saved(document)).text
    assert text == "In a control.\n\nInserted\n\nField and link\n\nAnchor\n\nBoxed\n\nOuter Inner"


def test_pptx_slides_tables_groups_and_notes(read: Read) -> None:
    presentation = pptx.Presentation()
    first: Any = presentation.slides.add_slide(presentation.slide_layouts[1])
    first.shapes.title.text = "Opening"
    first.placeholders[1].text = "Point one\nPoint two"
    first.notes_slide.notes_text_frame.text = "Say hello."
    second: Any = presentation.slides.add_slide(presentation.slide_layouts[6])
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 100, 100).text_frame.text = "In a group"
    table = second.shapes.add_table(1, 2, 0, 0, 100, 100).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Left", "Right"
    presentation.slides.add_slide(presentation.slide_layouts[6])
    document = read("a.pptx", files.saved(presentation))
    assert document.text == "Opening\n\n- Point one\n- Point two\n\nNotes: Say hello.\n\nIn a group\n\nLeft | Right"
    assert marks(document) == [(1, "Opening", "Opening"), (2, None, "In a group")]
    assert document.title == "Opening"


def test_a_row_of_xlsx_makes_sense_alone(read: Read) -> None:
    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = "Rain"
    page["A1"] = "Measured by hand"
    page.append(["Year", "Share", "Day", "Remark"])
    page.append([2019, 0.155, datetime.date(2019, 3, 1), "wet\nspring"])
    page.cell(7, 1, 2020.0)
    page.cell(7, 3, datetime.datetime(2020, 1, 2, 3, 4))
    page.cell(7, 5, True)
    page["B3"].number_format = "0.0%"
    plain: Any = book.create_sheet("No header")
    plain.append([1, 2])
    plain.append(["a", "b"])
    book.create_sheet("Empty")
    document = read("a.xlsx", files.saved(book))
    assert document.text == (
        "Rain\nMeasured by hand\nYear | Share | Day | Remark\n"
        "Year: 2019; Share: 15.5%; Day: 2019-03-01; Remark: wet spring\n"
        "Year: 2020; Day: 2020-01-02 03:04:00; TRUE\n\n"
        "No header\n1 | 2\na | b"
    )
    assert [heading for _, heading, _ in marks(document)] == [
        *("Rain", "Rain, row 1", "Rain, row 2", "Rain, row 3", "Rain, row 7"),
        *("No header", "No header, row 1", "No header, row 2"),
    ]


def test_a_huge_empty_sheet_is_quick(read: Read) -> None:
    data = files.sheet(["Name", "Age"], ["Anna", 3])
    page = files.part(data, "xl/worksheets/sheet1.xml")
    far = page.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert far != page
    assert "Name: Anna; Age: 3" in read("a.xlsx", files.rezipped(data, {"xl/worksheets/sheet1.xml": far})).text


HTML = """<!DOCTYPE html><html><head><title>The <b>page</title><style>p {}</style></head><body>
<nav><a href="/">Home</a></nav>
<script>alert(1)</script><noscript>no</noscript><template>tpl</template>
<div>Loose <b>te</b>xt</div>
<h1>Main&nbsp;heading</h1><p>First
paragraph.<br>Second line.</p><p hidden>secret</p><p style="display: none">gone</p>
<!-- comment -->
<ul><li>one<li><p>two</p><ol><li>inner</ol></ul>
<table><thead><tr><th>Name<th>Age</thead><tr><td><p>Anna</p></td><td>3<br>4</td></table>
<h2>Code</h2><pre>a = 1
  b = 2</pre>tail &amp; end</body></html>"""


def test_html_blocks(read: Read) -> None:
    document = read("a.htm", HTML.encode())
    assert document.kind == "html"
    assert document.title == "The <b>page"
    assert document.text == (
        "Loose text\n\nMain heading\n\nFirst paragraph.\nSecond line.\n\n- one\n- two\n\n- inner\n\n"
        "Name | Age\nAnna | 3 4\n\nCode\n\na = 1\n  b = 2\n\ntail & end"
    )
    assert marks(document) == [(None, "Main heading", "Main heading"), (None, "Code", "Code")]


@pytest.mark.parametrize(
    "data",
    [
        '<?xml version="1.0" encoding="iso-8859-1"?><html><body><p>Übermäßig</p></body></html>'.encode("latin-1"),
        '<meta charset="windows-1252"><p>Übermäßig</p>'.encode("cp1252"),
        "<p>Übermäßig</p>".encode(),
        "<p>Übermäßig</p>".encode("utf-16"),
        '<meta charset="ascii"><p>Übermäßig</p>'.encode(),
    ],
)
def test_html_in_any_encoding(read: Read, data: bytes) -> None:
    assert read("a.html", data).text == "Übermäßig"


def test_html_that_nests_deeply_is_read_whole_or_not_at_all(read: Read, refused: Refused) -> None:
    assert read("deep.html", b"<p>top</p>" + b"<div>" * 1500 + b"bottom").text == "top\n\nbottom"
    assert "nested too deeply" in refused("deeper.html", b"<p>top</p>" + b"<div>" * 200_000 + b"bottom")


def test_html_without_text(refused: Refused) -> None:
    assert refused("a.html", b"<script>x</script>") == "it holds no text"
    assert "no HTML file" in refused("b.html", bytes(range(256)) * 10)


def test_epub_in_reading_order(read: Read) -> None:
    page = "<html><head><title>x</title></head><body><h1>{0}</h1><p>Text of {0}.</p></body></html>"
    chapters = {"z.xhtml": page.format("One").encode(), "a%20b.xhtml": page.format("Two").encode()}
    data = files.epub({"z.xhtml": chapters["z.xhtml"], "gone.xhtml": b""}, title="My Book")
    document = read("a.epub", data)
    assert (document.kind, document.title) == ("epub", "My Book")
    assert document.text == "One\n\nText of One."
    both = files.epub(chapters, extra={"OEBPS/a b.xhtml": chapters["a%20b.xhtml"]})
    assert marks(read("b.epub", both)) == [(None, "One", "One"), (None, "Two", "Two")]


def test_a_protected_epub_is_reported(refused: Refused) -> None:
    encryption = b'<encryption><CipherReference URI="OEBPS/a.xhtml"/></encryption>'
    data = files.epub({"a.xhtml": b"\x01\x02"}, extra={"META-INF/encryption.xml": encryption})
    assert "DRM" in refused("a.epub", data)


def test_a_notebook_keeps_its_cells_and_what_they_printed(read: Read, refused: Refused) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["intro\n", "\n", "# Title\n", "words\n", "## Part\n", "more"]},
        {
            "cell_type": "code",
            "source": "print(1)",
            "outputs": [
                {"output_type": "stream", "text": ["one\n", "two\n"]},
                {"output_type": "execute_result", "data": {"text/plain": "0.93", "image/png": "iVBOR"}},
                {"output_type": "error", "traceback": ["boom"]},
            ],
        },
        {"cell_type": "raw", "source": "lone \ud800 surrogate"},
    ]
    document = read("a.ipynb", json.dumps({"cells": cells, "nbformat": 4}).encode())
    assert document.text == (
        "intro\n\n# Title\nwords\n\n## Part\nmore\n\n"
        "print(1)\n\none\ntwo\n\n0.93\n\nlone \N{REPLACEMENT CHARACTER} surrogate"
    )
    assert document.title == "Title"
    assert marks(document) == [(None, "Title", "# Title"), (None, "Part", "## Part")]
    for damaged in (b"{", b"[]", b'{"cells": 3}', b'{"cells": [3]}', b"[" * 100_000):
        assert "notebook" in refused("b.ipynb", damaged) or "too deeply" in refused("b.ipynb", damaged)


def test_mail(read: Read, refused: Refused) -> None:
    headers = {"From": "Änne <a@example.org>", "To": "b@example.org", "Subject": "Übersicht"}
    headers["Date"] = "Mon, 01 Jan 2024 10:00:00 +0000"
    document = read("a.eml", files.mail("Hello.\n\nBye.", "<p>not this</p>", attachment="plan.pdf", **headers))
    assert document.title == "Übersicht"
    assert document.text == (
        "From: Änne <a@example.org>\nTo: b@example.org\nDate: Mon, 01 Jan 2024 10:00:00 +0000\nSubject: Übersicht\n\n"
        "Hello.\n\nBye.\n\nAttachments: plan.pdf"
    )
    assert document.notices == ("attachments are not read, save and add them: plan.pdf",)
    assert read("b.eml", files.mail(html="<h1>Hi</h1><p>you", Subject="s")).text == "Subject: s\n\nHi\n\nyou"
    assert "no mail message" in refused("c.eml", b"just some words")


def test_mail_in_an_unknown_charset(read: Read) -> None:
    data = b"Subject: x\r\nContent-Type: text/plain; charset=klingon\r\n\r\nHello there"
    assert read("a.eml", data).text == "Subject: x\n\nHello there"


def test_extracted_text_is_fit_for_storing_and_searching(read: Read) -> None:
    data = "<p>of\ufb01ce co\u00adop\u000bA\u0001B\u2028C\x7f &#xD800; &#0; end".encode()
    assert read("a.html", data).text.startswith("office coop\nAB\nC")
