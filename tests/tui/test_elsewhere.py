"""Documents that another program adds and removes while the chat is open."""

from __future__ import annotations

from pathlib import Path

from qa import Library
from tests.tui.conftest import ask, chatting, wait_for, wait_until


async def test_what_another_program_adds_and_removes_is_counted_and_listed(library: Path, tmp_path: Path) -> None:
    ferry = tmp_path / "ferry.txt"
    ferry.write_text("The ferry Adelheid costs twelve euros a trip.")
    async with chatting(library, size=(100, 36)) as (app, pilot):
        with Library(library) as other:
            other.add([ferry])
            view = await ask(pilot, "What does the ferry Adelheid cost?")
            assert view.turn.answer is not None
            assert "twelve euros" in view.turn.answer.text
            await wait_for(pilot, "16 documents · quotes")
            await wait_until(pilot, lambda: str(ferry) in {source.source for source in app.sources})  # as @ offers it
            other.remove([ferry])
        await pilot.press("f4")
        await wait_for(pilot, "Documents · 15 documents")
        await pilot.press("escape")
        await wait_for(pilot, "15 documents · quotes")
