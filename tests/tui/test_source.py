"""The source pane, as a reader meets it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from qa import Document, Library
from qa.types import Mark
from tests.tui.alone import Alone
from tests.tui.conftest import shown, wait_for, wait_until
from tests.tui.pane import Opened, PaneScreen, opened
from tui.place import Place
from tui.widgets.lines import Lines
from tui.widgets.source import SourcePane

HOSTILE = "[@click=app.quit]x[/] x [/] y [bold]b \x1b]52;c;aGk=\x07 \x1b[2J \x9b31m \u202e end"
LONG = "\n".join(f"line {number} of the report" for number in range(1, 401))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder to make files in, by `write`, before the app opens."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


async def test_nothing_is_open_at_first_and_after_clear(files: Path) -> None:
    (files / "report.txt").write_text("The report.")
    async with opened(files) as it:
        await wait_for(it.pilot, "Open a citation to see where it")
        assert "The report." in await it.show("report.txt", "report")
        it.pane.clear()
        await wait_for(it.pilot, "Open a citation to see where it")
        assert "The report." not in shown(it.app)


async def test_a_quote_is_shown_in_the_sample_corpus(library: Path) -> None:
    with Library(library) as opened_library:
        citation = opened_library.ask("When did Trump and Kim first meet?").citations[0]
        text = opened_library.text(citation.source)
    app = Alone(str(library))
    async with app.run_test(size=(80, 40)) as pilot:
        screen = PaneScreen()
        await app.push_screen(screen)
        await wait_until(pilot, lambda: app.screen is screen and screen.query(Lines))
        it = Opened(pilot, screen, library)
        await it.pane.show(Place.of(citation))
        await pilot.pause()
        assert "".join(it.marked().split()) == "".join(citation.quote.split())
        assert f"[1] {Path(citation.source).name}" in shown(app)
        assert str(citation.heading) in shown(app)
        assert text[citation.start : citation.end] == citation.quote


async def test_the_quote_is_marked_exactly_a_few_lines_below_the_top(files: Path) -> None:
    (files / "report.txt").write_text(LONG)
    async with opened(files) as it:
        screen = await it.show("report.txt", "200 of the report\nline 201")
        assert it.marked() == "200 of the reportline 201"
        assert it.barred() == [3, 4]
        assert it.top() == "line 197 of the report"
        assert "[1] report.txt" in screen
        assert "line 200" in screen
        assert str(files) not in screen


async def test_every_word_is_on_the_screen(files: Path) -> None:
    text = " ".join(f"word{number}" for number in range(5, 800, 7))
    (files / "report.txt").write_text(f"{text}\n" + "more\n" * 30)
    async with opened(files) as it:
        await it.show("report.txt", "word5 ")
        rows = [line[2:-1].split() for line in shown(it.app).splitlines() if "word" in line]
        assert text.startswith(" ".join(word for row in rows for word in row))


@pytest.mark.parametrize("quote", ["line 1 of", "line 400 of the report"])
async def test_a_quote_at_either_end_is_in_view(files: Path, quote: str) -> None:
    (files / "report.txt").write_text(LONG)
    async with opened(files) as it:
        await it.show("report.txt", quote)
        assert it.marked() == quote


async def test_what_goes_before_and_into_the_quote_may_take_more_characters_to_show(files: Path) -> None:
    (files / "report.txt").write_bytes(b"\tA\x1b[31m \r\nb\x07\xe2\x80\xae \t quote\x1b[0m here\x1b, not here")
    async with opened(files) as it:
        await it.show("report.txt", "quote\x1b[0m here")
        assert it.marked() == "quote␛[0m here"


async def test_the_head_says_page_heading_and_number_and_the_tip_the_whole_path(files: Path) -> None:
    (files / "report.txt").write_text("The report.")
    async with opened(files) as it:
        screen = await it.show("report.txt", "report", page=2, heading="The summit", number=None)
        assert "page 2 · The summit" in screen
        assert "[1]" not in screen
        await it.pilot.hover(".source-name")
        assert str(it.screen.query_one(".source-name").tooltip) == str(files / "report.txt")


async def test_pages_are_told_apart(files: Path) -> None:
    (files / "a.pdf").write_text("one\ntwo and\nthree")
    marks = (Mark(0, 1, "A"), Mark(4, 2, "A"), Mark(6, 2, "B"), Mark(12, 3))
    document = Document(str(files / "a.pdf"), "one\ntwo and\nthree", "pdf", "0" * 64, marks)
    async with opened(files, documents={"a.pdf": document}) as it:
        screen = await it.show("a.pdf", "and\nthree")
        found = [line.strip() for line in screen.splitlines()]
        assert found.index("one") + 1 == found.index("── page 2 ──")
        assert "page 1" not in screen
        assert "▌ ── page 3 ──" in screen
        assert it.marked() == "andthree"


async def test_keys_scroll_and_g_goes_back_to_the_quote(files: Path) -> None:
    (files / "report.txt").write_text(LONG)
    async with opened(files) as it:
        await it.show("report.txt", "line 200 of")
        it.pane.focus()
        await wait_until(it.pilot, lambda: it.screen.focused is it.lines)
        for keys, top in (
            (["j", "j", "down"], 200),
            (["k", "up"], 198),
            (["home"], 1),
            (["g"], 197),
        ):
            await it.pilot.press(*keys)
            await wait_until(it.pilot, lambda top=top: it.top() == f"line {top} of the report")
        await it.pilot.press("pagedown")
        await wait_until(it.pilot, lambda: it.top() == f"line {197 + it.lines.size.height} of the report")
        await it.pilot.press("end")
        await wait_until(it.pilot, lambda: "line 400 of" in shown(it.app))


async def test_the_keys_are_named_for_help_and_keymap() -> None:
    names = {binding.id for pane in (SourcePane, Lines) for binding in pane.BINDINGS}
    own = {"source.open", "source.copy", "source.quote", "source.down", "source.up"}
    assert names == own | {"citation.next_outside", "citation.previous_outside"}


async def test_letters_are_named_while_they_do_something(files: Path) -> None:
    (files / "report.txt").write_text(LONG)
    async with opened(files) as it:
        await it.show("report.txt", "line 200 of")
        it.screen.set_focus(None)
        await wait_for(it.pilot, "open copy quote close · F3")
        it.screen.set_focus(it.lines)
        await wait_for(it.pilot, "open (o) copy (y) quote (g) close")


async def test_the_text_of_a_quote_is_marked_and_no_blank_line(files: Path) -> None:
    (files / "report.txt").write_text("first\n\n  \nsecond\nthird")
    async with opened(files) as it:
        await it.show("report.txt", "first\n\n  \nsecond\n")
        assert it.barred() == [0, 3]


async def test_the_end_of_a_page_is_the_end_of_a_line(files: Path) -> None:
    (files / "a.pdf").write_text("one\ftwo")
    document = Document(str(files / "a.pdf"), "one\ftwo", "pdf", "0" * 64, (Mark(0, 1), Mark(4, 2)))
    async with opened(files, documents={"a.pdf": document}) as it:
        screen = await it.show("a.pdf", "two")
        found = [line.strip() for line in screen.splitlines()]
        assert found.index("one") + 1 == found.index("── page 2 ──")
        assert it.marked() == "two"


async def test_o_opens_the_file(files: Path, no_programs: None) -> None:
    (files / "report.txt").write_text("The report.")
    async with opened(files) as it:
        await it.show("report.txt", "report")
        it.pane.focus()
        await it.pilot.press("o")
        await wait_until(it.pilot, lambda: any(str(files / "report.txt") in notice for notice in it.app.notices))


async def test_y_copies_quote_and_reference(files: Path) -> None:
    (files / "report.txt").write_text("The report.")
    async with opened(files) as it:
        await it.show("report.txt", "report")
        it.pane.focus()
        await it.pilot.press("y")
        await wait_until(it.pilot, lambda: it.app.copied == [f"“report” ({files / 'report.txt'}, line 1)"])


async def test_the_mouse_can_do_it_too(files: Path) -> None:
    (files / "report.txt").write_text(LONG)
    async with opened(files) as it:
        await it.show("report.txt", "line 200 of")
        row = "".join(segment.text for segment in it.screen.query_one(".source-acts").render_line(0))
        await it.pilot.click(".source-acts", offset=(row.index("copy"), 0))
        await wait_until(it.pilot, lambda: "line 200 of" in "".join(it.app.copied))
        await it.pilot.click(".source-acts", offset=(row.index("close"), 0))
        await wait_until(it.pilot, lambda: it.screen.closed == 1)


async def test_text_is_selected_and_copied_as_it_reads(files: Path) -> None:
    (files / "report.txt").write_text("first words here, and then many more of them than go on a line\nthe end")
    async with opened(files) as it:
        await it.show("report.txt", "here")
        await it.pilot.mouse_down(Lines, offset=(2 + len("first "), 0))
        await it.pilot.hover(Lines, offset=(2 + 2, 2))
        await it.pilot.mouse_up(Lines, offset=(2 + 2, 2))
        text = it.screen.get_selected_text()
        assert text == "words here, and then many more of them than go on a line\nthe"
        it.lines.text_select_all()
        assert it.screen.get_selected_text().endswith("line\nthe end")


async def test_a_resize_keeps_the_line_at_the_top(files: Path) -> None:
    paragraph = " ".join(f"word{number}" for number in range(5000))
    (files / "report.txt").write_text(paragraph)
    async with opened(files, (80, 20)) as it:
        await it.show("report.txt", "word4000 word4001")
        assert "word4000" in it.marked()
        first = it.top().split()[0]
        await it.pilot.resize_terminal(40, 20)
        await wait_until(it.pilot, lambda: it.lines._columns < 40 and first in it.top())
        await it.pilot.resize_terminal(70, 20)
        await wait_until(it.pilot, lambda: it.lines._columns > 60 and first in it.top())


async def test_the_last_of_several_is_shown(files: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (files / name).write_text(f"This is {name} itself")
    async with opened(files) as it:
        await asyncio.gather(*(it.pane.show(it.place(name, "itself")) for name in ("b.txt", "c.txt", "a.txt")))
        screen = await wait_for(it.pilot, "This is a.txt itself")
        assert "[1] a.txt" in screen


async def test_a_document_that_is_gone_from_the_library_leaves_the_quote(files: Path) -> None:
    (files / "report.txt").write_text("The report.")
    async with opened(files) as it:
        place = it.place("report.txt", "The report")
        (files / "report.txt").unlink()
        await it.pane.show(place)
        screen = await wait_for(it.pilot, "not in the library any")
        assert it.marked() == "The report"
        assert "[1] report.txt" in screen


async def test_a_quote_that_moved_is_found_again(files: Path) -> None:
    (files / "report.txt").write_text(LONG)
    async with opened(files) as it:
        place = it.place("report.txt", "line 200 of the report")
        (files / "report.txt").write_text("line 200 of the report\n" + "new\n" * 50 + LONG)
        await it.pane.show(place)
        screen = await wait_for(it.pilot, "now stands here")
        assert it.marked() == place.quote
        assert "line 251" in screen
        assert it.pane.place is not None
        assert it.pane.place.line == 251


async def test_a_quote_that_is_lost_stands_alone_above_the_document(files: Path) -> None:
    (files / "report.txt").write_text(LONG)
    async with opened(files) as it:
        place = it.place("report.txt", "line 200 of the report")
        (files / "report.txt").write_text("Something else\naltogether")
        await it.pane.show(place)
        screen = await wait_for(it.pilot, "not in it any more")
        assert it.marked() == place.quote
        assert screen.index("line 200 of the") < screen.index("── the document now ──") < screen.index("altogether")


async def test_hostile_text_is_text(files: Path) -> None:
    name = "[@click=app.quit]x[/] x [/] y.txt"
    (files / name.replace("/", "-")).write_text(f"before\n{HOSTILE}\n{HOSTILE}")
    async with opened(files, (80, 20)) as it:
        screen = await it.show(name.replace("/", "-"), HOSTILE, heading=HOSTILE)
        assert "[@click=app.quit]x[/] x [/] y [bold]b ␛]52;c;aGk=␇ ␛[2J \\x9b31m \\u202e end" in screen
        assert "[1] [@click=app.quit]x[-] x [-] y.txt" in screen
        assert not set(screen) & set("\x1b\x07\x9b\u202e")
        for row in range(it.pane.size.height):
            await it.pilot.click(SourcePane, offset=(4, row))
        await it.pilot.hover(".source-name")
        assert it.app.is_running
        assert it.app.return_code is None
        assert it.app.screen is it.screen


@pytest.mark.parametrize(
    "text",
    ["x" * 5_000_000, "[" * 100_000, "| " + " | ".join("cell" for _ in range(200)), "中" * 1_000_000],
    ids=["line", "brackets", "table", "wide"],
)
async def test_the_screen_goes_on_while_a_monster_is_laid_out(files: Path, text: str) -> None:
    (files / "big.txt").write_text(f"{text}\nThe quote\n{text}")
    async with opened(files) as it:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.001)

        ticking = asyncio.ensure_future(tick())
        await it.show("big.txt", "The quote")
        ticking.cancel()
        assert it.marked() == "The quote"
        assert ticks > 1
        await it.pilot.press("home", "end")
