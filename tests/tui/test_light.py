"""What the chat leaves for later: modules until the first paint is over, and work that a key does not need."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import OptionList

from tests.tui.conftest import chatting, wait_for, wait_until
from tui.widgets.chip import Chip

PROMPT = b"sk about your documents"
"""The placeholder behind its first letter, which stands under the cursor."""

HEAVY = (
    *("chromadb", "onnxruntime", "torch", "numpy", "tokenizers", "sqlite3", "pydantic", "pydantic_settings", "typer"),
    *("langchain", "langchain_core", "langchain_text_splitters", "langsmith"),
    *("pygments", "rich.traceback", "qa.types", "tui.adding", "tui.widgets.source", "tui.screens.documents"),
)

NAMES = f"sorted(name for name in sys.modules if name in {HEAVY!r})"

AT_FIRST_PAINT = f"""
import json, os, sys
from pathlib import Path
from qa.cli import main
from tui.screens.chat import ChatScreen

async def furnish(screen):
    Path(sys.argv[2]).write_text(json.dumps({NAMES}))
    os._exit(0)

ChatScreen.furnish = furnish  # which is the first thing that is done after the first paint
main(["chat", "--library", sys.argv[1]])
"""


def test_the_app_is_made_without_anything_heavy() -> None:
    program = f"import json, sys; from tui.app import QuothApp; QuothApp(); print(json.dumps({NAMES}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == []


@pytest.mark.slow
def test_nothing_heavy_is_loaded_at_the_first_paint(sample_library: Path, tmp_path: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-c", AT_FIRST_PAINT, str(sample_library), str(tmp_path / "modules")]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True) as process:
        os.close(slave)
        output = b""
        try:
            while part := os.read(master, 1 << 16):
                output += part
        except OSError:  # Linux's way to say that the process has ended
            pass
        assert process.wait(60) == 0, output
    os.close(master)
    assert PROMPT in output
    loaded = set(json.loads((tmp_path / "modules").read_text()))
    assert loaded == set()


def test_garbage_is_looked_for_as_usual_once_the_engine_is_loaded() -> None:
    program = """
import gc
usual = gc.get_threshold()
from tui import garbage
garbage.take_up()
assert gc.get_freeze_count() == 0, "what was never put off is not taken up"
garbage.put_off()
assert gc.get_threshold() != usual
garbage.take_up()
assert gc.get_threshold() == usual
assert gc.get_freeze_count() > 0
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


async def test_a_key_touches_neither_the_scope_nor_completions_that_stay_as_they_are(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touched: list[str] = []

    def note(kind: type[Chip | OptionList], method: str, name: str) -> None:
        original = getattr(kind, method)

        def noting(self: Chip | OptionList, *given: object) -> object:
            if self.id in ("chip", "completions"):
                touched.append(name)
            return original(self, *given)

        monkeypatch.setattr(kind, method, noting)

    async with chatting(library) as (app, pilot):
        note(Chip, "update", "chip")
        note(OptionList, "clear_options", "completions")
        await pilot.press("w", "h", "o", "backspace")
        await wait_until(pilot, lambda: app.chat.prompt.text == "wh")
        await pilot.pause()
        assert touched == []
        await pilot.press("space", "@", "h", "a", "n", "o", "tab")
        await wait_for(pilot, "Only 2019-hanoi-summit.md for this question")
        assert {*touched} == {"chip", "completions"}
        touched.clear()
        await pilot.press("x", "y", "z")
        await wait_until(pilot, lambda: app.chat.prompt.text.endswith("xyz"))
        await pilot.pause()
        assert touched == []
