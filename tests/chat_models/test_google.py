"""Google's package, whose own errors none of the others know: over HTTP where it can be pointed at a server."""

from __future__ import annotations

import pytest

from qa.chat_models import open_model, taken
from qa.chat_models.faults import told
from qa.chat_models.naming import parsed
from qa.errors import ModelError
from qa.settings import AnswerSettings

from .conftest import KEY, QUESTION, Serve
from .servers import status

NAME = parsed("google_genai:gemini-2.5-flash")


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (400, f"API key not valid: {KEY}. Please pass a valid API key.", "refused the key; set "),
        (403, "Permission denied", "refused the key; set "),
        (404, "models/m is not found for API version v1beta", "has no model "),
        (429, "You exceeded your current quota", "takes no more requests now"),
        (400, "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).", "is too long"),
        (400, f"strange, {KEY}", "could not answer: "),
        (500, "An internal error has occurred", "failed (status 500)"),
    ],
)
def test_a_refusal(code: int, message: str, said: str, serve: Serve) -> None:
    from langchain_google_genai import ChatGoogleGenerativeAI

    server = serve(status(code, {"error": {"code": code, "message": message, "status": "X"}}))
    chat = ChatGoogleGenerativeAI(model="m", api_key=KEY, base_url=server.url, transport="rest", max_retries=1)
    model = taken(chat, AnswerSettings(timeout=20))
    with pytest.raises(ModelError) as raised:
        list(model.reply(QUESTION))
    assert said in str(raised.value)
    assert KEY not in str(raised.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("kind", "message", "said"),
    [
        ("InvalidArgument", "API key not valid. Please pass a valid API key.", "set GOOGLE_API_KEY or answer.api_key"),
        ("PermissionDenied", "no", "google_genai refused the key"),
        ("NotFound", "models/x is not found", "google_genai has no model gemini-2.5-flash; "),
        ("ResourceExhausted", "quota", "takes no more requests now"),
        ("DeadlineExceeded", "Deadline Exceeded", "did not answer in time"),
        ("ServiceUnavailable", "failed to connect to all addresses; last error: refused", "cannot be reached"),
        ("ServiceUnavailable", "The model is overloaded", "failed (status 503)"),
        ("InternalServerError", "internal", "failed (status 500)"),
        ("InvalidArgument", f"strange {KEY}", "could not answer: 400 strange ***"),
    ],
)
def test_what_its_channel_raises(kind: str, message: str, said: str) -> None:
    from google.api_core import exceptions

    line = str(told(getattr(exceptions, kind)(message), NAME, (KEY,)))
    assert said in line
    assert KEY not in line


def test_it_is_tried_once_and_in_time() -> None:
    settings = AnswerSettings(model=NAME.whole, api_key=KEY, timeout=33, max_tokens=77)  # type: ignore[arg-type]
    model = open_model(NAME.whole, settings)
    chat = model.chat.model_dump()
    assert (chat["max_retries"], chat["timeout"], chat["max_output_tokens"], chat["temperature"]) == (1, 33, 77, 0)
    assert model.settings == {"temperature": 0, "max_tokens": 77}
    assert KEY not in repr(model) + repr(model.chat)
