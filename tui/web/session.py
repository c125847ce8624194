"""The program of a chat in the browser: `python -m tui.web.session LIBRARY [PATH...]`, started by the server."""

from __future__ import annotations

import sys

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class Driver(WebDriver):
    """Textual's driver for the web, which leaves the chat as well when the server has gone without a word."""

    def run_input_thread(self) -> None:
        """Take what the page sends, until there is no more."""
        super().run_input_thread()
        self._app.post_message(ExitApp())


def main() -> int:
    """Open the chat. An empty LIBRARY is the one of the settings."""
    from tui.app import run

    library, *paths = sys.argv[1:]
    return run(library or None, paths)


if __name__ == "__main__":
    sys.exit(main())
