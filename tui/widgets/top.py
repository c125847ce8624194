"""The line at the top: what is open, how much is in it, what writes the answers."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from tui.outside import outside


class TopBar(Horizontal):
    """ " Quoth · news · 41 documents · quotes" and where help is."""

    facts: reactive[tuple[str, ...]] = reactive(())

    def compose(self) -> ComposeResult:
        """The facts on the left, help on the right."""
        yield Static(id="facts")
        links = [("^P menu", "app.command_palette"), ("F1 help", "app.help")]
        yield Static(
            Content("  ").join(Content.styled(name, Style.from_meta({"@click": action})) for name, action in links),
            id="links",
        )

    def watch_facts(self, facts: tuple[str, ...]) -> None:
        """Show what has changed."""
        for view in self.query("#facts").results(Static):
            view.update(outside(" · ".join(("Quoth", *facts)), one_line=True))
