"""Opening a file in the user's own programs."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Library
from tests.tui.alone import Alone
from tests.tui.conftest import wait_for, wait_until
from tui.opening import command, open_place
from tui.place import Place

PATH = "/docs/-rf [@x] $(id) report.txt"


def place(source: str = PATH, line: int = 12) -> Place:
    return Place("quote", source, 0, 5, None, None, line, "0" * 64)


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with programs that are on the PATH of these tests, and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    names = "less cat bat vi nvim nano emacs hx code subl kate own-editor xdg-open open"
    for name in names.split():
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"PAGER": "less"}, ["less", "+12", PATH]),
        ({"PAGER": "less -R -X"}, ["less", "-R", "-X", "+12", PATH]),
        ({"PAGER": "bat"}, ["bat", "--paging=always", "--highlight-line", "12", PATH]),
        ({"PAGER": "less", "VISUAL": "vi", "EDITOR": "nano"}, ["less", "+12", PATH]),
        ({"VISUAL": "vi", "EDITOR": "nano"}, ["vi", "+12", PATH]),
        ({"EDITOR": "nano"}, ["nano", "+12", PATH]),
        ({"EDITOR": "emacs -nw"}, ["emacs", "-nw", "+12", PATH]),
        ({"EDITOR": "hx"}, ["hx", f"{PATH}:12"]),
        ({"EDITOR": "code --wait"}, ["code", "--wait", "--goto", f"{PATH}:12"]),
        ({"EDITOR": "subl -n"}, ["subl", "-n", f"{PATH}:12"]),
        ({"EDITOR": "kate"}, ["kate", "--line", "12", PATH]),
        ({"EDITOR": "'own-editor' '--title=a b'"}, ["own-editor", "--title=a b", PATH]),
        ({"PAGER": "cat", "EDITOR": "vi"}, ["vi", "+12", PATH]),
        ({"PAGER": "not-installed", "EDITOR": "vi"}, ["vi", "+12", PATH]),
        ({"PAGER": "less 'unclosed", "EDITOR": "vi"}, ["vi", "+12", PATH]),
        ({"PAGER": "  "}, None),
        ({}, None),
    ],
)
def test_plain_text_opens_at_the_line(programs: Path, variables: dict[str, str], expected: list[str] | None) -> None:
    assert command(place(), {"PATH": str(programs), **variables}, lines=True) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="the viewer of another system")
@pytest.mark.parametrize("lines", [True, False])
def test_what_no_editor_is_for_goes_to_the_viewer_of_the_desktop(programs: Path, lines: bool) -> None:
    variables = {"PATH": str(programs), **({} if lines else {"PAGER": "less", "EDITOR": "vi"})}
    assert command(place(), variables | {"DISPLAY": ":0"}, lines=lines) == ["xdg-open", PATH]
    assert command(place(), variables | {"WAYLAND_DISPLAY": "w"}, lines=lines) == ["xdg-open", PATH]
    assert command(place(), variables, lines=lines) is None
    (programs / "xdg-open").unlink()
    assert command(place(), variables | {"DISPLAY": ":0"}, lines=lines) is None


RECORD = "import json, sys; json.dump(sys.argv[1:], open({out!r}, 'w'))"


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that the programs vi and xdg-open write their arguments to."""
    out = tmp_path / "arguments.json"
    folder = tmp_path / "recorders"
    folder.mkdir()
    for name in ("vi", "xdg-open"):
        (folder / name).write_text(f"#!{sys.executable}\n{RECORD.format(out=str(out))}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    for name in ("PAGER", "VISUAL", "EDITOR", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return out


@pytest.fixture
def suspended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the app did with the terminal, which a test has none of."""
    seen: list[str] = []

    @contextlib.contextmanager
    def suspend(self: Alone) -> Iterator[None]:
        seen.append("handed over")
        yield
        seen.append("taken back")

    monkeypatch.setattr(Alone, "suspend", suspend)
    return seen


def source(library: Path, name: str) -> str:
    with Library(library) as opened:
        return next(source.source for source in opened.sources() if source.source.endswith(name))


async def test_an_editor_gets_the_terminal_and_the_line(
    library: Path, recorder: Path, suspended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "vi")
    text = source(library, "un-sanctions.txt")
    before = signal.getsignal(signal.SIGINT)
    app = Alone(str(library))
    async with app.run_test(notifications=True):
        inside = signal.getsignal(signal.SIGINT)
        await open_place(app, place(text, 3))
        assert signal.getsignal(signal.SIGINT) == inside
    assert signal.getsignal(signal.SIGINT) == before
    assert json.loads(recorder.read_text()) == ["+3", text]
    assert suspended == ["handed over", "taken back"]


async def test_a_pdf_goes_to_the_viewer_beside_the_chat(
    library: Path, recorder: Path, suspended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "vi")
    monkeypatch.setenv("DISPLAY", ":0")
    pdf = source(library, "2018-singapore-summit.pdf")
    app = Alone(str(library))
    async with app.run_test(notifications=True) as pilot:
        await open_place(app, place(pdf))
        await wait_for(pilot, "Opened with xdg-open.")
        await wait_until(pilot, lambda: not [*app.workers])  # it has ended, and been asked how
    assert json.loads(recorder.read_text()) == [pdf]
    assert not suspended


async def test_a_viewer_that_fails_is_told_of(library: Path, recorder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    (recorder.parent / "recorders" / "xdg-open").write_text("#!/bin/sh\nexit 3\n")
    app = Alone(str(library))
    async with app.run_test(size=(200, 30), notifications=True) as pilot:
        await open_place(app, place(source(library, ".pdf")))
        await wait_for(pilot, "xdg-open could not open it.")


async def test_a_viewer_that_stays_does_not_keep_the_next_key_waiting(
    library: Path, recorder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    go = recorder.parent / "go"
    (recorder.parent / "recorders" / "xdg-open").write_text(
        f"#!{sys.executable}\nimport os, sys, time\n"
        f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\nsys.exit(3)\n"
    )
    app = Alone(str(library))
    async with app.run_test(size=(200, 30), notifications=True) as pilot:
        await open_place(app, place(source(library, ".pdf")))  # returns while it runs
        await wait_for(pilot, "Opened with xdg-open.")
        go.touch()
        await wait_for(pilot, "xdg-open could not open it.")


async def test_a_file_that_may_not_be_looked_at_is_told_of(
    library: Path, recorder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = source(library, "un-sanctions.txt")
    app, stat = Alone(str(library)), Path.stat

    def refuse(path: Path, **given: bool) -> object:
        if str(path) == text:
            raise PermissionError(13, "Permission denied", text)
        return stat(path, **given)

    async with app.run_test(notifications=True) as pilot:
        await wait_until(pilot, lambda: app.sources)
        monkeypatch.setattr(Path, "stat", refuse)
        await open_place(app, place(text))
        await wait_until(pilot, lambda: app.notices)
        assert app.notices == [f"This file cannot be opened. Permission denied: {text}"]


async def test_where_nothing_opens_it_the_whole_path_is_told(library: Path, recorder: Path) -> None:
    text = source(library, "un-sanctions.txt")
    app = Alone(str(library))
    async with app.run_test(notifications=True) as pilot:
        await open_place(app, place(text))
        await wait_until(pilot, lambda: any(text in notice.message for notice in app._notifications))
        assert "Nothing here can open it" in next(iter(app._notifications)).message


async def test_a_terminal_that_cannot_be_handed_over_is_no_error(
    library: Path, recorder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "vi")
    text = source(library, "un-sanctions.txt")
    app = Alone(str(library))
    async with app.run_test(notifications=True) as pilot:  # no terminal here to hand over
        await open_place(app, place(text))
        await wait_until(pilot, lambda: any(text in notice.message for notice in app._notifications))
    assert not recorder.exists()


async def test_a_program_that_cannot_be_run_leaves_the_chat_as_it_was(
    library: Path, recorder: Path, suspended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "vi")
    (recorder.parent / "recorders" / "vi").write_text("#!/not/there\n")
    app = Alone(str(library))
    async with app.run_test(notifications=True) as pilot:
        await open_place(app, place(source(library, "un-sanctions.txt")))
        await wait_for(pilot, "vi could not be run")
    assert suspended == ["handed over", "taken back"]


async def test_a_file_that_is_gone_is_told_of(library: Path, tmp_path: Path) -> None:
    app = Alone(str(library))
    async with app.run_test(notifications=True) as pilot:
        await open_place(app, place(str(tmp_path / "[bold]gone.txt")))
        await wait_for(pilot, "This file is gone")
        assert str(tmp_path / "[bold]gone.txt") in next(iter(app._notifications)).message
