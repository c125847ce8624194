"""The keys: which there are, where they work, and what the user calls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, _character_to_key, key_to_character
from textual.screen import Screen
from textual.widgets import Input

MODIFIERS = {"ctrl", "shift", "alt", "super", "hyper", "meta"}

NAMED = {key.value.rpartition("+")[2] for key in Keys if not key.value.startswith("<")}
"""The keys that are no character: enter, f1, pageup."""


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
    line = screen.focused if isinstance(screen.focused, Input) else None
    edits = {key for key, _ in line._bindings} if line else set()
    for node, bindings in screen._binding_chain:
        keys: dict[str, Key] = {}
        ordered = [binding.id for binding in type(node).BINDINGS if isinstance(binding, Binding)]
        for _, binding in sorted(bindings, key=lambda each: _position(each[1].id, ordered)):
            typed = (key_to_character(binding.key) or "\n").isprintable()
            if line and node is not line and (typed or binding.key in edits):  # it goes into the line
                continue
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
    from tui.screens import chat, documents, explain, scope
    from tui.widgets import conversations, place_row, prompt, source, talk

    modules = (chat, documents, explain, scope, conversations, place_row, prompt, source, talk)
    found = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    return ids([QuothApp, *(one for one in found if issubclass(one, DOMNode))])


def above(widget: DOMNode) -> set[str]:
    """The names of the keys that work while this has the focus without being its own: its screen's and the app's."""
    return ids(one for node in widget.ancestors for one in type(node).__mro__ if issubclass(one, DOMNode))


def taken(given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The user's keys as Textual writes them, by id; and what is wrong with the others, which stay as they are."""
    well, wrong, known = {}, [], all_ids()
    for name, keys in sorted(given.items()):
        each = [key.strip() for key in keys.split(",")]
        if name not in known:
            wrong.append(f"names {name}, which there is not; F1 lists the names")
        elif not all(map(_is_key, each)):
            wrong.append(f'gives {name} the key "{keys}", which there is not; write it as in "ctrl+t" or "f5"')
        else:
            well[name] = ",".join(_character_to_key(key) if len(key) == 1 else key for key in each)
    return well, wrong


def _is_key(key: str) -> bool:
    """Whether a terminal may ever send this: a character or a key's name, after modifiers."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if len(last) == 1:
        named = last.isprintable() and last != " "
    else:
        named = last in NAMED or last in KEY_NAME_REPLACEMENTS.values() or key_to_character(last) is not None
    return named and all(one in MODIFIERS for one in modifiers)


def _position(name: str | None, ordered: list[str | None]) -> int:
    """As the widget lists its keys, most needed first; Textual begins with those that its own editor has too."""
    return ordered.index(name) if name and name in ordered else len(ordered)


def _name(node: DOMNode) -> str:
    names = {"Editor": "Prompt", "ChatScreen": "Chat", "PlaceRow": "Citation", "OptionList": "List"}
    if isinstance(node, App):
        return "Everywhere"
    return names.get(type(node).__name__, type(node).__name__.removesuffix("Screen").removesuffix("Pane"))
