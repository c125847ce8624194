"""Every action, as the command palette lists it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen

from tui.themes import DARK, LIGHT

if TYPE_CHECKING:
    from tui.app import QuothApp


def system_commands(app: QuothApp, screen: Screen[object]) -> Iterable[SystemCommand]:
    """The actions that there are now: those of the app, and the chat's while it is what is open."""
    yield SystemCommand("Help", "Show the keys and commands (F1)", app.action_help)
    yield SystemCommand("Theme", "Choose the colours", app.action_change_theme)
    other = LIGHT if app.current_theme.dark else DARK
    named = "Light theme" if other == LIGHT else "Dark theme"
    yield SystemCommand(named, "Change between light and dark", lambda: setattr(app, "theme", other))
    yield SystemCommand("Quit", "Leave the chat (Ctrl+Q)", app.leave)
    chat = app.chat
    if screen is not chat:
        yield from _own_actions(app, screen)
        return
    yield SystemCommand("Add documents", "Add files or folders to the library (/add)", chat.action_add)
    yield SystemCommand("Documents", "List, remove and update the documents (F4)", chat.action_documents)
    yield SystemCommand("Scope", "Choose which documents are searched (F7)", chat.action_scope)
    yield SystemCommand("New conversation", "Begin anew (Ctrl+N)", chat.action_new)
    yield SystemCommand("Search conversations", "Find a question or an answer (F6)", chat.action_search)
    yield SystemCommand("Rename conversation", "Give it another title (/rename)", chat.action_rename)
    yield SystemCommand("Delete conversation", "Delete it for good (/delete)", chat.action_delete)
    yield SystemCommand("Export conversation", "Write it to a Markdown file (/export)", chat.action_export)
    yield SystemCommand("Conversations pane", "Go to it, or fold it away (F2)", chat.action_toggle_conversations)
    yield SystemCommand("Source pane", "Go to it, or fold it away (F3)", chat.action_toggle_source)
    yield SystemCommand("Next citation", "Show it in the source pane (Alt+N)", lambda: chat.action_step(1))
    yield SystemCommand("Previous citation", "Show it in the source pane (Alt+P)", lambda: chat.action_step(-1))
    yield SystemCommand("Open the file", "Open the shown source outside (o)", chat.source.action_open)
    yield SystemCommand("Copy the quote", "Copy it with where it stands (y)", chat.source.action_copy)
    yield SystemCommand("Ask again", "Answer the question at hand once more (F5)", chat.action_ask_again)
    yield SystemCommand("Edit question", "Put it into the prompt (F8)", chat.action_edit_question)
    yield SystemCommand("Copy answer", "Copy question, answer and citations (F9)", chat.action_copy_turn)
    yield SystemCommand("Why this answer", "What was searched, found and weighed for it (Ctrl+G)", chat.action_explain)
    yield SystemCommand("Cancel", "Stop answering or adding (Esc)", chat.action_back_out)
    yield SystemCommand("Model", "Say what writes the answers", chat.action_model)


def _own_actions(app: QuothApp, screen: Screen[object]) -> Iterable[SystemCommand]:
    """What the keys of another screen do."""
    seen: set[str] = set()
    for node, binding, enabled, _ in screen.active_bindings.values():
        if enabled and node is not app and binding.description and binding.action not in seen:
            seen.add(binding.action)
            key = app.get_key_display(binding)
            yield SystemCommand(binding.description, f"Key: {key}", partial(app.run_action, binding.action, node))
