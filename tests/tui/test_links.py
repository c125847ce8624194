"""Web addresses that are clicked."""

from __future__ import annotations

import pytest
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tests.tui.alone import Alone
from tests.tui.conftest import wait_for, wait_until
from tui.links import with_links
from tui.outside import outside
from tui.screens.confirm import Confirm


def addresses(text: str) -> list[str]:
    """What a click on each link of the text would open."""
    found = [
        (span.start, span.style.meta.get("@click")) for span in with_links(Content(text)).spans if _meta(span.style)
    ]
    return [argument for _, (action, (argument,)) in found if action == "app.open_address"]


def _meta(style: object) -> bool:
    return bool(getattr(style, "meta", None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nothing here: http:/x, ftp://x, file:///etc, javascript:alert(1), mailto:a@b", []),
        ("see https://example.org/a?b=c#d.", ["https://example.org/a?b=c#d"]),
        ("HTTP://EXAMPLE.ORG", ["HTTP://EXAMPLE.ORG"]),
        (
            "(https://example.org/a_(b)) and (https://example.org/c).",
            ["https://example.org/a_(b)", "https://example.org/c"],
        ),
        ("https://a.org, https://b.org!", ["https://a.org", "https://b.org"]),
        ("a quote “https://a.org” and <https://b.org>", ["https://a.org", "https://b.org"]),
        ("https://a.org/x[1]", ["https://a.org/x"]),
        ("https://аpple.com https://a.org/中", ["https://a.org/"]),
        ("https://", []),
        ("https://...", []),
        ("xhttps://a.org", []),
        ("https://a.org/');app.quit('", ["https://a.org/');app.quit("]),
    ],
)
def test_addresses_are_found_without_the_punctuation_around_them(text: str, expected: list[str]) -> None:
    assert addresses(text) == expected
    assert with_links(Content(text)).plain == text


class Linked(Screen[None]):
    """A text with links, and nothing else."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        yield Static(with_links(outside(self._text)), id="text")


@pytest.mark.parametrize(
    "address", ["https://a.org/x", "https://a.org/'),app.quit(),(1", "https://a.org/%5B@click=app.quit"]
)
async def test_a_click_asks_before_it_opens(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    opened: list[str] = []
    monkeypatch.setattr("textual.app.App.open_url", lambda _app, url, **_options: opened.append(url))
    app = Alone()
    async with app.run_test() as pilot:
        screen = Linked(f"see {address} there")
        await app.push_screen(screen)
        await wait_until(pilot, lambda: screen.query("#text"))
        await pilot.click("#text", offset=(1, 0))
        assert app.screen is screen
        await pilot.click("#text", offset=(6, 0))
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        await wait_for(pilot, address)
        assert not opened
        await pilot.press("n")
        await wait_until(pilot, lambda: app.screen is screen)
        assert not opened
        await pilot.click("#text", offset=(6, 0))
        await wait_until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await wait_until(pilot, lambda: opened)
        assert opened == [address]
        assert app.is_running
