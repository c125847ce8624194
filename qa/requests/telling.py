"""A conversation without what says nothing to the next question: greetings, thanks, what was asked of Quoth itself."""

from __future__ import annotations

from collections.abc import Sequence

from qa.requests.recognising import recognised
from qa.types import Message

_TELLING_NOTHING = frozenset({"greeting", "thanks", "abilities", "documents", "overview", "writing"})


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
