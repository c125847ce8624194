"""A conversation without what says nothing to the next question: greetings, thanks, what was asked of Quoth itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.requests.recognising import Request, recognised
from qa.types import Message

if TYPE_CHECKING:
    from qa.followups import Search

_TELLING_NOTHING = frozenset({"greeting", "thanks", "abilities", "documents", "overview"})


def telling(history: Sequence[Message]) -> list[Message]:
    """The messages that a follow-up may lean on; of a request that names something only the name.

    So that after "thanks" the question before it is still the last one, and "summarise" is no word to search for.
    """
    kept: list[Message] = []
    heard = True  # the last request was kept, so its answer is
    for message in history:
        if message["role"] == "user":
            request = recognised(message["content"], begun=bool(kept))
            heard = request.kind not in _TELLING_NOTHING and (request.kind != "summary" or bool(request.subjects))
            if heard and request.subjects:
                message = Message(role="user", content=" and ".join(request.subjects))
        if heard:
            kept.append(message)
    return kept


def request_of(question: str, search: Search, history: Sequence[Message]) -> Request:
    """What a line asks for, in its conversation. search: as `followups.search_for` gives it.

    A few words lean on a question before them ("Regional differences"). After a keyword, a list or a summary they are
    the next one: whoever searches does not ask on.
    """
    leaning = search.text != question
    if leaning:
        asked = [message["content"] for message in history if message["role"] == "user"]
        before = [kind for line in asked if (kind := recognised(line, begun=True).kind) not in _TELLING_NOTHING]
        leaning = not before or before[-1] in ("question", "writing")
    return recognised(question, leaning=leaning, begun=bool(history))
