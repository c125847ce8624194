"""The keys: which there are, where they work, and what the user calls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen


@dataclass(frozen=True, slots=True)
class Key:
    """key: as it is shown. does: what it does. id: its name in quoth.toml; "" for one that cannot be changed."""

    key: str
    does: str
    id: str


def active(screen: Screen[object]) -> Iterator[tuple[str, list[Key]]]:
    """The keys that work now, by where they come from: what has the focus first, then the screen and the app.

    What every editor and list knows (moving, selecting) is left out: it has no name here and is not offered below.
    """
    app = screen.app
    for node, bindings in screen._binding_chain:
        keys: dict[str, Key] = {}
        for _, binding in bindings:
            ours = binding.id or binding.show or binding.action.startswith("open_citation")
            if ours and binding.description and binding.action not in keys:
                keys[binding.action] = Key(app.get_key_display(binding), binding.description, binding.id or "")
        if keys:
            yield _name(node), list(keys.values())


def ids(classes: Iterable[type[DOMNode]]) -> set[str]:
    """The names of the keys that these define, which quoth.toml may give other keys."""
    return {
        binding.id
        for one in classes
        for binding in one.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding) and binding.id
    }


def all_ids() -> set[str]:
    """The names of all keys of the chat."""
    from tui.app import QuothApp
    from tui.screens import chat, documents, scope
    from tui.widgets import conversations, prompt, source, talk, turn

    modules = (chat, documents, scope, conversations, prompt, source, talk, turn)
    found = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    return ids([QuothApp, *(one for one in found if issubclass(one, DOMNode))])


def _name(node: DOMNode) -> str:
    names = {"Editor": "Prompt", "ChatScreen": "Chat", "PlaceRow": "Citation", "OptionList": "List"}
    if isinstance(node, App):
        return "Everywhere"
    return names.get(type(node).__name__, type(node).__name__.removesuffix("Screen").removesuffix("Pane"))
