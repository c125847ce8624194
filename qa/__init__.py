"""Quoth answers questions about a person's own documents, with quotes that point at the exact characters.

    from qa import Library, ask

    print(ask("When did the two leaders first meet?", documents="corpus/"))

Everything below is loaded when it is first used, so `import qa` is quick and leaves a host program's settings alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.asking import aask, ask, astream, stream
    from qa.conversations import Conversation, Conversations, Hit, Quoting, Turn
    from qa.doctor.findings import Finding, Health
    from qa.errors import (
        ClusterError,
        ConversationNotFound,
        InputError,
        LibraryDamaged,
        LibraryEmpty,
        LibraryError,
        LibraryLocked,
        LibraryMismatch,
        LibraryNotFound,
        ModelError,
        QuothError,
        ReadError,
        SettingsError,
        SourceNotFound,
        StoreError,
    )
    from qa.library import Library
    from qa.places import sample_corpus
    from qa.settings import Settings
    from qa.types import (
        Answer,
        Changes,
        Checked,
        Citation,
        Document,
        Done,
        Event,
        Explanation,
        Failure,
        Found,
        IndexReport,
        Message,
        Passage,
        Progress,
        Searching,
        Sentence,
        Source,
        Text,
        Usage,
    )

__version__ = "0.1.0"

_HOMES = {
    "qa.asking": "aask ask astream stream",
    "qa.conversations": "Conversation Conversations Hit Quoting Turn",
    "qa.doctor.findings": "Finding Health",
    "qa.errors": "ClusterError ConversationNotFound InputError LibraryDamaged LibraryEmpty LibraryError LibraryLocked"
    " LibraryMismatch LibraryNotFound ModelError QuothError ReadError SettingsError SourceNotFound"
    " StoreError",
    "qa.library": "Library",
    "qa.places": "sample_corpus",
    "qa.settings": "Settings",
    "qa.types": "Answer Changes Checked Citation Document Done Event Explanation Failure Found IndexReport Message"
    " Passage Progress Searching Sentence Source Text Usage",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = [
    "Answer",
    "Changes",
    "Checked",
    "Citation",
    "ClusterError",
    "Conversation",
    "ConversationNotFound",
    "Conversations",
    "Document",
    "Done",
    "Event",
    "Explanation",
    "Failure",
    "Finding",
    "Found",
    "Health",
    "Hit",
    "IndexReport",
    "InputError",
    "Library",
    "LibraryDamaged",
    "LibraryEmpty",
    "LibraryError",
    "LibraryLocked",
    "LibraryMismatch",
    "LibraryNotFound",
    "Message",
    "ModelError",
    "Passage",
    "Progress",
    "QuothError",
    "Quoting",
    "ReadError",
    "Searching",
    "Sentence",
    "Settings",
    "SettingsError",
    "Source",
    "SourceNotFound",
    "StoreError",
    "Text",
    "Turn",
    "Usage",
    "aask",
    "ask",
    "astream",
    "sample_corpus",
    "stream",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
