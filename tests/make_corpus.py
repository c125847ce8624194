"""The sample corpus's binary documents: what they say, and how they are made.

`python tests/make_corpus.py` writes them into corpus/ (or into the folder that it is given). Run again it writes the
same text, and with the same versions of the libraries the same bytes: no clock and no random number goes in.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from datetime import datetime
from pathlib import Path

from docx import Document
from openpyxl import Workbook
from openpyxl.styles import Font
from pptx import Presentation
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import cm
from reportlab.platypus import Paragraph, SimpleDocTemplate

AUTHOR = "The Quoth authors"
MADE = datetime(2024, 12, 9, 9, 0, 0)

SINGAPORE_TITLE = "Singapore, 12 June 2018: the first summit"
SINGAPORE = """
On the morning of Tuesday 12 June 2018 Donald Trump and Kim Jong Un walked towards each other from opposite sides of a
colonnade in Singapore and shook hands in front of a row of flags. It was the first meeting of a sitting president of
the United States with a leader of North Korea. Half a year before, the two had threatened each other with war.

## From threats to an invitation

In 2017 North Korea had tested its first intercontinental missiles and its strongest nuclear device. Trump had
answered with threats and with the hardest sanctions so far. The turn came with the new year, when Kim offered to send
a team to the Winter Olympics in South Korea.

On 8 March 2018 Chung Eui-yong, the national security adviser of the South Korean president, stood in the dark outside
the West Wing of the White House and told reporters that Kim wished to meet Trump, and that Trump had accepted. The
president had decided it on the spot that afternoon. On 10 May he announced the day and the city.

## Cancelled and saved

Two weeks later it was all over, so it seemed. American officials had spoken of Libya as a model, a country that gave
up its nuclear programme and whose ruler was overthrown and killed eight years afterwards. Choe Son Hui, a vice
foreign minister, attacked Vice President Mike Pence for such remarks in harsh words. On 24 May 2018 Trump cancelled
the summit in a letter to Kim and gave the open hostility of that statement as his reason. It was the same day on
which North Korea blew up the tunnels of its nuclear test site.

Pyongyang answered mildly that it was willing to sit down at any time. On 1 June Kim Yong Chol, a vice chairman of the
party, brought a letter from Kim to the Oval Office in an envelope so large that the photographs of it went round the
world. The same day Trump declared that the meeting would take place after all.

The practical side was settled between Joe Hagin for the White House and Kim Chang Son, who is regarded as Kim's chief
secretary. The text was negotiated by Sung Kim, then ambassador to the Philippines, and Choe Son Hui, first at
Panmunjom and then, until the last evening, in a hotel in Singapore.

## The city as host

Singapore was chosen because it is neutral, safe and used to large conferences, and because both countries have
embassies there. Kim arrived on 10 June and stayed at the St. Regis, Trump at the Shangri-La. Each of them called on
Prime Minister Lee Hsien Loong, Kim on the day of his arrival and Trump on 11 June. The building of the Formula One
pits served as the press centre for the thousands of reporters who had come.

On the evening before the summit Kim went out for a walk through the city with the foreign minister of Singapore,
Vivian Balakrishnan, saw the Gardens by the Bay and went up to the roof of the Marina Bay Sands hotel. The government
of Singapore later put its own expenses at 16.3 million Singapore dollars, most of it for security.

## The day on Sentosa

The place of the meeting was the Capella Hotel on the island of Sentosa. After the handshake, shortly after nine
o'clock, the two spoke for somewhat more than half an hour with nobody present but their interpreters; Lee Yun-hyang
interpreted for Trump. Then the advisers joined them. On the American side these were Secretary of State Mike Pompeo,
the national security adviser John Bolton and the chief of staff John Kelly; on the North Korean side Kim Yong Chol,
Ri Su Yong and Foreign Minister Ri Yong Ho.

Trump showed Kim a film of about four minutes, made in the manner of a trailer for the cinema, about the future that
his country could have. After lunch the two took a short walk in the garden, and early in the afternoon they signed a
joint statement.

## What the statement says

The statement fills little more than a page and has four points. First, the two countries commit themselves to new
relations. Second, they will work together for a lasting and stable peace on the Korean Peninsula. Third, North Korea
confirms the Panmunjom Declaration of 27 April 2018 and commits itself to work towards the complete denuclearisation
of the peninsula. Fourth, both will recover the remains of prisoners of war and of those missing in action, and those
already identified are to be returned at once.

There is no timetable, no definition of denuclearisation and no word about inspection. The third point was the one
over which the following years were spent. For Washington it meant that North Korea gives up its weapons; Pyongyang
understood the whole peninsula, and with it the protection that the United States gives to the South.

## The news conference

Afterwards Trump spoke to the press for more than an hour. The greatest surprise was that he would stop the large
military exercises with South Korea, which he called expensive and provocative. Neither the government in Seoul nor
the American command there seemed to have been told. Later in June the exercise Ulchi Freedom Guardian, planned for
August, was suspended. Trump flew home the same evening, and Kim left late that night.

The fourth point was the only one that was soon carried out in part: on 27 July 2018 North Korea handed over 55 boxes
of remains.
"""

ENVOYS_TITLE = "The envoys: who negotiated between the summits"
ENVOYS = """
Presidents sign, but others prepare what they sign. Between 2018 and 2019 a handful of people carried the negotiations
between Washington and Pyongyang.

## Mike Pompeo's four journeys

Mike Pompeo first went to Pyongyang in secret, over the Easter weekend of 2018, when he was still director of the
Central Intelligence Agency. He met Kim Jong Un, and the journey became known in the middle of April. The agency had
prepared the ground: since 2017 it had a Korea Mission Center, and its head, Andrew Kim, travelled with Pompeo. On 26
April 2018 the Senate confirmed Pompeo as secretary of state.

He flew there a second time on 9 May 2018 and brought three imprisoned Americans home.

The third journey, on 6 and 7 July 2018, was a failure. Pompeo did not see Kim, and hardly had he left when the
foreign ministry in Pyongyang complained that his demands for disarmament were those of a gangster. Another visit had
been planned for the end of August, but President Trump called it off on 24 August, because he did not see enough
progress.

The fourth journey took place on 7 October 2018. Pompeo came from Tokyo, spoke with Kim for several hours, lunch
included, and flew on to Seoul the same day. Kim agreed to let inspectors see the demolished nuclear test site at
Punggye-ri. No such visit ever took place.

## Stephen Biegun

On 23 August 2018 Pompeo named Stephen Biegun special representative for North Korea. Biegun had worked for the
National Security Council and in the Senate and came from the Ford Motor Company, where he had been a vice president.
The post had been vacant since Joseph Yun had retired in March. Biegun had to wait for months until anyone would talk
with him.

In a speech at Stanford University on 31 January 2019 he described an approach in which both sides would move at the
same time and in parallel. From 6 to 8 February he negotiated in Pyongyang with Kim Hyok Chol, who had once been
ambassador in Madrid. The two met again in Hanoi in the week before the summit. Nuclear questions, however, were
largely left to the leaders, because the North Koreans had no authority to discuss them. In December 2019 Biegun
became deputy secretary of state and kept his special office beside it.

## Kim Yong Chol

Kim Yong Chol, a general who once led military intelligence, was Pompeo's counterpart until Hanoi. He visited the
White House twice, on 1 June 2018 and on 18 January 2019. The first of these visits was the first by a North Korean of
high rank since that of Jo Myong Rok in October 2000. After the failure of Hanoi he lost his part in the negotiations,
which passed back to the foreign ministry.

## Choe Son Hui and the foreign ministers

Choe Son Hui worked her way up from interpreter. She negotiated the text of Singapore, explained the failure of Hanoi
to the press, and in June 2022 became foreign minister, the first woman in that office. Before her it was held by Ri
Yong Ho, a career diplomat, until January 2020, and then by Ri Son Gwon, a former officer who had dealt with the
South.

## After Trump

The administration of Joe Biden waited until 21 May 2021 before it named a special representative. Biden announced the
name beside the South Korean president, Moon Jae-in, in Washington. It was Sung Kim, born in Seoul, who had negotiated
in 2018 and who kept his post as ambassador to Indonesia at the same time. He offered talks many times. They did not
come about.
"""
ENVOYS_TABLE = [
    ("Negotiator", "For", "Remembered for"),
    ("Mike Pompeo", "United States", "four journeys to Pyongyang in 2018"),
    ("Stephen Biegun", "United States", "the talks of Stockholm in October 2019"),
    ("Sung Kim", "United States", "the text of Singapore"),
    ("Kim Yong Chol", "North Korea", "two visits to the White House"),
    ("Kim Hyok Chol", "North Korea", "the preparation of Hanoi"),
    ("Kim Myong Gil", "North Korea", "the talks of Stockholm in October 2019"),
    ("Choe Son Hui", "North Korea", "first woman to be foreign minister"),
]

RUSSIA_TITLE = "North Korea and Russia, 2019 to 2024"
RUSSIA_SUBTITLE = "A short briefing"
RUSSIA = """
## In short

- Within five years Russia turned from an onlooker into North Korea's ally by treaty.
- The war in Ukraine made the difference: from 2022 on Russia needed ammunition, and later soldiers.
- North Korea received oil, food, technology and protection in the Security Council in return, according to the United
  States and South Korea.

## April 2019: Vladivostok

- Kim Jong Un and Vladimir Putin met for the first time on 25 April 2019.
- They met on Russky Island, on the campus of the Far Eastern Federal University.
- It was two months after the failure of Hanoi, and no agreement was signed.

## 2022: taking sides

- On 2 March 2022 North Korea was one of five states that voted in the General Assembly against the resolution that
  condemned the invasion of Ukraine.
- The others were Russia, Belarus, Syria and Eritrea.
- On 13 July 2022 it recognised the separatist republics of Donetsk and Luhansk, and Ukraine broke off relations with
  it the same day.

## July 2023: a minister at the parade

- Sergei Shoigu, the Russian minister of defence, came to Pyongyang for the seventieth anniversary of the armistice.
- Kim led him through an exhibition of weapons, drones and intercontinental missiles among them.
- A Chinese delegation under Li Hongzhong was there too.

## September 2023: Vostochny

- On 13 September 2023 Kim and Putin met at the Vostochny Cosmodrome in the Amur Region.
- North Korea fired two short-range missiles while Kim was abroad, shortly before the meeting.
- Kim went on to an aircraft factory in Komsomolsk-on-Amur and to Vladivostok, where he saw bombers and a frigate.
- In October 2023 the White House said that North Korea had sent Russia more than 1,000 containers of military
  equipment.
- In January 2024 it said that Russia had fired North Korean ballistic missiles at Ukraine.

## June 2024: the treaty

- Putin came to Pyongyang on 19 June 2024, for the first time since July 2000.
- The Treaty on Comprehensive Strategic Partnership was signed that day.
- Article 4 obliges each side to give military and other help without delay if the other is attacked and in a state of
  war.
- A similar promise had stood in the treaty with the Soviet Union of 1961, which lapsed in the 1990s.
- The treaty entered into force on 4 December 2024, when the instruments of ratification were exchanged in Moscow.

## Autumn 2024: soldiers

- On 18 October 2024 the South Korean intelligence service reported that 1,500 North Korean special troops had been
  shipped to the Russian Far East.
- On 23 October the United States confirmed that at least 3,000 were in Russia.
- In November they were reported to be fighting in the Kursk Region, part of which Ukraine had occupied since August.
- Estimates of their number rose to more than 10,000.
"""
RUSSIA_NOTES = {
    "June 2024: the treaty": "The visit lasted less than a day: Putin landed some hours late, in the small hours of "
    "the morning, and left for Vietnam the same night.",
}

MEETINGS = [
    ("No.", "Date", "Leader", "Country", "Place", "Remarks"),
    (1, "26 March 2018", "Xi Jinping", "China", "Beijing", "Kim's first journey abroad as leader"),
    (2, "27 April 2018", "Moon Jae-in", "South Korea", "Peace House, Panmunjom", "Panmunjom Declaration"),
    (3, "7 and 8 May 2018", "Xi Jinping", "China", "Dalian", "Kim came by air"),
    (4, "26 May 2018", "Moon Jae-in", "South Korea", "Tongilgak, Panmunjom", "Announced only afterwards"),
    (5, "10 June 2018", "Lee Hsien Loong", "Singapore", "Istana, Singapore", "Two days before the summit with Trump"),
    (
        6,
        "12 June 2018",
        "Donald Trump",
        "United States",
        "Capella Hotel, Singapore",
        "Joint statement with four points",
    ),
    (7, "19 June 2018", "Xi Jinping", "China", "Beijing", "A week after Singapore"),
    (8, "18 to 20 September 2018", "Moon Jae-in", "South Korea", "Pyongyang", "Pyongyang Joint Declaration"),
    (9, "November 2018", "Miguel Díaz-Canel", "Cuba", "Pyongyang", "The Cuban president came on a state visit"),
    (10, "8 January 2019", "Xi Jinping", "China", "Beijing", "Seven weeks before Hanoi"),
    (11, "27 and 28 February 2019", "Donald Trump", "United States", "Metropole, Hanoi", "Ended without agreement"),
    (
        12,
        "1 March 2019",
        "Nguyen Phu Trong",
        "Vietnam",
        "Presidential Palace, Hanoi",
        "Official visit after the summit",
    ),
    (13, "25 April 2019", "Vladimir Putin", "Russia", "Vladivostok", "Their first meeting"),
    (14, "20 June 2019", "Xi Jinping", "China", "Pyongyang", "First visit of a Chinese leader in 14 years"),
    (
        15,
        "30 June 2019",
        "Donald Trump",
        "United States",
        "Freedom House, Panmunjom",
        "Moon Jae-in joined them briefly",
    ),
    (
        16,
        "13 September 2023",
        "Vladimir Putin",
        "Russia",
        "Vostochny Cosmodrome",
        "Kim's first journey abroad in four years",
    ),
    (17, "19 June 2024", "Vladimir Putin", "Russia", "Pyongyang", "Treaty on Comprehensive Strategic Partnership"),
]
COUNTS = [
    ("Leader", "Meetings", "Remarks"),
    ("Xi Jinping", 5, "Xi met Kim five times, four times in China and once in Pyongyang."),
    ("Donald Trump", 3, "Trump met Kim three times, in Singapore, Hanoi and Panmunjom."),
    ("Moon Jae-in", 3, "Moon held three summits with Kim, all of them in 2018."),
    ("Vladimir Putin", 3, "Putin met Kim three times, in Vladivostok, at Vostochny and in Pyongyang."),
    ("Joe Biden", 0, "Biden never met Kim."),
    (
        "Others",
        3,
        "Lee Hsien Loong of Singapore, Nguyen Phu Trong of Vietnam and Miguel Díaz-Canel of Cuba met him once each.",
    ),
    (
        "Nobody in 2020, 2021 and 2022",
        0,
        "From July 2019 to September 2023 Kim met no foreign leader as far as is known, for more than four years.",
    ),
]


def pdf() -> bytes:
    sheet = getSampleStyleSheet()
    body = ParagraphStyle(
        "body", parent=sheet["BodyText"], fontName="Times-Roman", fontSize=12, leading=17, spaceAfter=8
    )
    story = [Paragraph(SINGAPORE_TITLE, sheet["Title"])]
    for heading, paragraphs in _sections(SINGAPORE):
        if heading:
            story.append(Paragraph(heading, sheet["Heading2"]))
        story.extend(Paragraph(text, body) for text in paragraphs)
    out = io.BytesIO()
    margins = {"leftMargin": 2.5 * cm, "rightMargin": 2.5 * cm, "topMargin": 2.5 * cm, "bottomMargin": 2.5 * cm}
    SimpleDocTemplate(out, pagesize=A4, title=SINGAPORE_TITLE, author=AUTHOR, invariant=1, **margins).build(story)
    return out.getvalue()


def docx() -> bytes:
    document = Document()
    document.add_heading(ENVOYS_TITLE, level=0)
    for heading, paragraphs in _sections(ENVOYS):
        if heading:
            document.add_heading(heading, level=1)
        for text in paragraphs:
            document.add_paragraph(text)
    document.add_heading("The negotiators at a glance", level=1)
    table = document.add_table(rows=0, cols=3)
    table.style = "Table Grid"
    for row in ENVOYS_TABLE:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    _sign(document.core_properties, ENVOYS_TITLE)
    out = io.BytesIO()
    document.save(out)
    return _without_clock(out.getvalue())


def pptx() -> bytes:
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = RUSSIA_TITLE
    first.placeholders[1].text = RUSSIA_SUBTITLE
    for title, points in _sections(RUSSIA):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(point.removeprefix("- ") for point in points)
        if title in RUSSIA_NOTES:
            slide.notes_slide.notes_text_frame.text = RUSSIA_NOTES[title]
    _sign(deck.core_properties, RUSSIA_TITLE)
    out = io.BytesIO()
    deck.save(out)
    return _without_clock(out.getvalue())


def xlsx() -> bytes:
    book = Workbook()
    meetings = book.active
    meetings.title = "Meetings"
    counts = book.create_sheet("Counts")
    for sheet, rows, widths in ((meetings, MEETINGS, (6, 26, 22, 16, 28, 48)), (counts, COUNTS, (32, 12, 100))):
        for row in rows:
            sheet.append(row)
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for column, width in zip("ABCDEF", widths, strict=False):
            sheet.column_dimensions[column].width = width
    book.properties.creator = AUTHOR
    book.properties.title = "The meetings of Kim Jong Un with foreign leaders"
    book.properties.created = MADE
    out = io.BytesIO()
    book.save(out)
    return _without_clock(out.getvalue())


def _sections(text: str) -> list[tuple[str | None, list[str]]]:
    """Headings with the paragraphs or points under them; what comes before the first heading has None for one."""
    sections: list[tuple[str | None, list[str]]] = []
    for block in re.split(r"\n\n|\n(?=- )", text.strip()):
        if block.startswith("## "):
            sections.append((block.removeprefix("## "), []))
            continue
        if not sections:
            sections.append((None, []))
        sections[-1][1].append(" ".join(block.split()))
    return sections


def _sign(properties, title: str) -> None:
    properties.title, properties.author, properties.last_modified_by = title, AUTHOR, AUTHOR
    properties.created = properties.modified = MADE
    properties.comments = ""


def _without_clock(data: bytes) -> bytes:
    """The same Office file with the time of its making taken out of the archive and of its properties."""
    out = io.BytesIO()
    modified = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = modified.sub(rb"\g<1>" + MADE.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), content)
            entry = zipfile.ZipInfo(name, MADE.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()


BINARY = {
    "2018-singapore-summit.pdf": pdf,
    "envoys-and-negotiators.docx": docx,
    "north-korea-and-russia.pptx": pptx,
    "kim-meetings.xlsx": xlsx,
}


def make(folder: Path) -> None:
    for name, content in BINARY.items():
        (folder / name).write_bytes(content())


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "corpus")
