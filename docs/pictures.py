"""Makes the pictures of the README: the real chat over the sample corpus, asked live. Run it as it stands:

.venv/bin/python docs/pictures.py

The pictures are SVG, ask nothing of any other host, and bring their own background and window, for white pages and
dark ones.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus"

SIZE = (120, 32)

FONTS = (
    "ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace",
    "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif",
)
"""Of the terminal and of the window's title: what the reader's system has, since nothing is fetched."""

PICTURES: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "chat": (("Who was Otto Warmbier?", "When did he die?"), ("alt+1",)),
    "not-found": (("Who was Otto Warmbier?", "What does the ferry Adelheid cost?"), ()),
}
"""The name of each picture, the questions that are asked, and the keys that are pressed then."""


async def picture(name: str, questions: Sequence[str], keys: Sequence[str]) -> str:
    """What the chat looks like after these questions and keys, as SVG."""
    from tui.app import QuothApp

    app = QuothApp("articles", [str(CORPUS)])
    async with app.run_test(size=SIZE) as pilot:

        async def until(condition: Callable[[], object]) -> None:
            deadline = time.monotonic() + 300  # the embedding model is compiled once
            while not condition():
                if time.monotonic() > deadline:
                    raise TimeoutError(f"waiting for an answer in {name}")
                await pilot.pause(0.05)

        await until(lambda: app.sources and not app.adding.busy and not app.chat.busy and app.chat.starters)
        app.clear_notifications()
        for question in questions:
            before = len(app.chat.talk.views())
            app.chat.prompt.text = question
            await pilot.press("enter")
            await until(lambda: len(app.chat.talk.views()) > before)  # noqa: B023 (it is waited for here)
            await until(lambda: app.chat.talk.views()[-1].turn.answer and not app.chat.busy)
        await pilot.press(*keys)
        app.chat.prompt.editor.cursor_blink = False
        await pilot.pause(1)
        return app.export_screenshot(title="quoth chat")


def alone(svg: str) -> str:
    """The picture without what it would fetch, and with the fonts of whoever looks at it."""
    svg = re.sub(r"@font-face\s*{[^}]*}\s*", "", svg)
    svg = svg.replace("Fira Code, monospace", FONTS[0]).replace("font-family: arial", f"font-family: {FONTS[1]}")
    svg = re.sub(r"terminal-\d+-", "quoth-", svg)  # the same for the same picture
    svg = "\n".join(line.rstrip() for line in svg.splitlines() if line.strip()) + "\n"
    hosts = set(re.findall(r"https?://[^\"'\s<)]+", svg)) - {"http://www.w3.org/2000/svg", "https://www.textualize.io"}
    if hosts:
        raise ValueError(f"the picture would ask {hosts}")
    return svg


def main() -> None:
    """Make every picture in a home of its own."""
    for name, (questions, keys) in PICTURES.items():
        with tempfile.TemporaryDirectory() as home:
            for folder in ("config", "data", "state"):
                os.environ[f"XDG_{folder.upper()}_HOME"] = f"{home}/{folder}"
            (HERE / f"{name}.svg").write_text(alone(asyncio.run(picture(name, questions, keys))), encoding="utf-8")
        sys.stdout.write(f"docs/{name}.svg\n")


if __name__ == "__main__":
    main()
