"""The program of a chat in the browser: `python -m tui.web.session CONTENT LIBRARY [PATH...]`."""

from __future__ import annotations

import sys

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp

from qa import logs


class Driver(WebDriver):
    """Textual's driver for the web, which leaves the chat as well when the server has gone without a word."""

    def run_input_thread(self) -> None:
        """Take what the page sends, until there is no more."""
        super().run_input_thread()
        self._app.post_message(ExitApp())


def main() -> int:
    """Open the chat. CONTENT, if not empty, is --debug-content; an empty LIBRARY is the one of the settings."""
    from qa.cli.running import guarded, own_process

    own_process()
    content, library, *paths = sys.argv[1:]
    if content:
        logs.keep_content()
    return guarded(lambda: _run(library or None, paths))


def _run(library: str | None, paths: list[str]) -> int:
    from tui.app import run

    return run(library, paths)


if __name__ == "__main__":
    sys.exit(main())
