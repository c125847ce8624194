"""What flows through Quoth, from a file to an answer. Plain, frozen, without behaviour that needs a library."""

from qa.types.answers import (
    Answer,
    Checked,
    Citation,
    Done,
    Event,
    Found,
    Kind,
    Message,
    Passage,
    Searching,
    Sentence,
    Status,
    Support,
    Text,
    Usage,
)
from qa.types.documents import Chunk, Document, Mark, Source, SourceState, mark_at
from qa.types.reports import Changes, Failure, IndexReport, OnProgress, Progress
from qa.types.schema import SCHEMA_VERSION

__all__ = [
    "SCHEMA_VERSION",
    "Answer",
    "Changes",
    "Checked",
    "Chunk",
    "Citation",
    "Document",
    "Done",
    "Event",
    "Failure",
    "Found",
    "IndexReport",
    "Kind",
    "Mark",
    "Message",
    "OnProgress",
    "Passage",
    "Progress",
    "Searching",
    "Sentence",
    "Source",
    "SourceState",
    "Status",
    "Support",
    "Text",
    "Usage",
    "mark_at",
]
