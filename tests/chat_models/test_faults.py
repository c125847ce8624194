"""Whatever goes wrong at a provider is one clear line that says what to do, after one request, and without the key."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from qa.chat_models import ChatModel
from qa.chat_models.faults import told
from qa.chat_models.naming import parsed
from qa.errors import ModelError

from .conftest import KEY, QUESTION, Open, Serve
from .servers import ANTHROPIC, OLLAMA, OPENAI, PIECES, SPEECHES, Answer, Handler, Speech, drop, silent, status, stream

each_provider = pytest.mark.parametrize("speech", SPEECHES, ids=lambda speech: speech.provider)

OVERFLOWS = [
    (
        OPENAI,
        {
            "error": {
                "code": 400,
                "message": "request (5123 tokens) exceeds the available context size (4096 tokens), try increasing it",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 5123,
                "n_ctx": 4096,
            }
        },
    ),
    (
        OPENAI,
        {
            "error": {
                "message": "This model's maximum context length is 4097 tokens. However, you requested 5000 tokens "
                "(4400 in the messages, 600 in the completion). Please reduce the length of the messages or max_tokens",
                "type": "invalid_request_error",
                "param": "messages",
                "code": "context_length_exceeded",
            }
        },
    ),
    (
        ANTHROPIC,
        {
            "type": "error",
            "error": {"type": "invalid_request_error", "message": "prompt is too long: 210000 tokens > 200000 maximum"},
        },
    ),
    (OLLAMA, {"error": "the input length exceeds the context length"}),
]


def error(kind: str, message: str) -> dict[str, Any]:
    """An error in the form that all three would understand."""
    return {"type": "error", "error": {"type": kind, "message": message, "code": kind}}


def failure(model: ChatModel) -> str:
    """What asking fails with, which must be one short line without the key."""
    with pytest.raises(ModelError) as raised:
        list(model.reply(QUESTION))
    said = str(raised.value)
    assert len(said.splitlines()) == 1
    assert len(said) < 300
    assert KEY not in said + repr(raised.value) + repr(model)
    assert raised.value.__cause__ is None
    assert "; " in said or "could not answer: " in said
    return said


@each_provider
@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        (401, "authentication_error", "refused the key; set "),
        (403, "permission_error", "refused the key; set "),
        (404, "not_found_error", "has no model m; "),
        (429, "rate_limit_error", "takes no more requests now (rate limit or quota); wait"),
        (500, "api_error", "failed (status 500); ask again"),
        (503, "overloaded_error", "failed (status 503); ask again"),
        (504, "timeout", "did not answer in time; "),
    ],
)
def test_a_refusal(speech: Speech, code: int, kind: str, said: str, serve: Serve, opened: Open) -> None:
    server = serve(status(code, error(kind, f"no, not with {KEY}")))
    assert said in failure(opened(speech, server.url))
    assert len(server.asked) == 1


@each_provider
def test_what_a_server_says_beside_that_is_repeated_without_the_key(speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(status(400, error("odd", f"the moon\nis full for {KEY} \x1b[31m" + "x" * 999)))
    assert "could not answer: " in (said := failure(opened(speech, server.url)))
    assert "is full for ***" in said
    assert "\x1b" not in said


@pytest.mark.parametrize(("speech", "body"), OVERFLOWS)
def test_too_long_a_prompt(speech: Speech, body: dict[str, Any], serve: Serve, opened: Open) -> None:
    server = serve(status(400, body))
    assert "is too long for m; set answer.context" in failure(opened(speech, server.url))
    assert len(server.asked) == 1


def test_the_model_that_ollama_has_not_is_named_with_what_brings_it(serve: Serve, opened: Open) -> None:
    server = serve(status(404, {"error": "model 'llama9' not found"}))
    said = failure(opened(OLLAMA, server.url, "llama9"))
    assert said == "ollama has no model llama9; run: ollama pull llama9"


@each_provider
def test_nobody_listens(speech: Speech, serve: Serve, opened: Open) -> None:
    from .servers import Server

    with Server(silent) as server:
        url = server.url
    said = failure(opened(speech, url))
    assert "cannot be reached; " in said
    assert ("ollama serve" in said) == (speech is OLLAMA)


@pytest.mark.parametrize("speech", [OPENAI, OLLAMA], ids=lambda speech: speech.provider)
def test_a_question_goes_nowhere_else(speech: Speech, serve: Serve, opened: Open) -> None:
    elsewhere = serve(speech.whole)

    def redirect(handler: Handler) -> None:
        handler.send_response(307)
        handler.send_header("Location", elsewhere.url + handler.path)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    assert "could not answer: " in failure(opened(speech, serve(redirect).url))
    assert elsewhere.asked == []


def test_a_server_without_tls(serve: Serve, opened: Open) -> None:
    url = serve(OPENAI.whole).url.replace("http:", "https:")
    assert "does not speak https; write http://" in failure(opened(OPENAI, url))


def test_a_certificate_that_nobody_trusts() -> None:
    said = ssl.SSLCertVerificationError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed")
    assert "SSL_CERT_FILE" in str(told(said, parsed("https://host/v1#m")))


@each_provider
@pytest.mark.parametrize("how", ["before", "within"])
def test_the_server_never_goes_on(how: str, speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(silent if how == "before" else speech.halting)
    said = failure(opened(speech, server.url, timeout=0.3))
    assert said == "m did not answer in time; ask again, or raise answer.timeout (in seconds)"
    assert server.left.wait(10)
    assert len(server.asked) == 1


def test_a_server_that_only_keeps_the_line_open_has_said_nothing(serve: Serve, opened: Open) -> None:
    server = serve(stream(waking()))
    assert "did not answer in time" in failure(opened(OPENAI, server.url, timeout=0.5))


def waking() -> Any:
    """Comments, as servers send them against the time-outs of proxies."""
    import time

    for _ in range(100):
        yield ": still there\n\n"
        time.sleep(0.1)


@each_provider
@pytest.mark.parametrize("how", ["before", "within"])
def test_the_connection_breaks_off(how: str, speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(drop if how == "before" else speech.then(end=False))
    assert "broke off in the middle of the answer; ask again" in failure(opened(speech, server.url))


@each_provider
def test_the_stream_is_no_stream(speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(speech.then(speech.nonsense))
    assert "sent what cannot be read; " in failure(opened(speech, server.url))


@each_provider
def test_the_server_fails_within_the_answer(speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(speech.then(speech.failing))
    said = failure(opened(speech, server.url))
    assert "could not answer: " in said or "failed" in said or "requests" in said
    assert "out of memory" in said or "Overloaded" in said or "status 500" in said


@each_provider
@pytest.mark.parametrize("answer", [stream(()), stream(["<html>Welcome</html>\n"], "text/html"), status(200, {"a": 1})])
def test_a_server_of_another_kind(answer: Answer, speech: Speech, serve: Serve, opened: Open) -> None:
    said = failure(opened(speech, serve(answer).url))
    assert "sent an empty answer; " in said or "sent what cannot be read; " in said


@each_provider
def test_what_came_before_a_fault_was_shown(speech: Speech, serve: Serve, opened: Open) -> None:
    pieces = iter(opened(speech, serve(speech.then(end=False)).url).reply(QUESTION))
    assert next(pieces) == PIECES[0]
    with pytest.raises(ModelError):
        next(pieces)
