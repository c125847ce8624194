"""What a model says reaches the reader piece by piece, with its tokens, and what it is asked with."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from qa.chat_models import loop, open_model, taken
from qa.errors import InputError
from qa.settings import AnswerSettings
from qa.types import Usage

from .conftest import KEY, QUESTION, Open, Serve
from .servers import ANTHROPIC, OLLAMA, OPENAI, PIECES, SPEECHES, Handler, Speech, status, stream

each_provider = pytest.mark.parametrize("speech", SPEECHES, ids=lambda speech: speech.provider)


@each_provider
def test_pieces_come_with_their_tokens(speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(speech.whole)
    reply = opened(speech, server.url).reply(QUESTION)
    assert tuple(reply) == PIECES
    assert reply.usage == Usage(11, 2)
    assert reply.first_token is not None
    assert not reply.cancelled
    assert KEY in str(server.asked[0].headers)


@each_provider
def test_a_piece_is_there_before_the_next_is_written(speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(speech.halting)
    assert next(iter(opened(speech, server.url).reply(QUESTION))) == PIECES[0]


@each_provider
def test_a_model_is_asked_again_and_by_several_at_once(speech: Speech, serve: Serve, opened: Open) -> None:
    server = serve(speech.whole)
    model = opened(speech, server.url)
    for _ in range(3):
        assert tuple(model.reply(QUESTION)) == PIECES
    with ThreadPoolExecutor(4) as threads:
        replies = list(threads.map(lambda _: tuple(model.reply(QUESTION)), range(8)))
    assert replies == [PIECES] * 8
    assert len(server.asked) == 11


def test_a_model_of_the_callers_is_asked_again(serve: Serve) -> None:
    from langchain_openai import ChatOpenAI

    server = serve(OPENAI.whole)
    chat = ChatOpenAI(model="m", base_url=f"{server.url}/v1", api_key="mine")
    for _ in range(3):
        model = taken(chat, AnswerSettings())
        assert tuple(model.reply(QUESTION)) == PIECES
    loop.run(chat.root_async_client.close()).result(5)
    assert model.name.whole == "openai-chat:m"
    assert model.settings == {}
    with pytest.raises(InputError, match="not int"):
        taken(3, AnswerSettings())


def test_the_settings_reach_each_provider(serve: Serve, opened: Open) -> None:
    wanted: dict[str, Any] = {"temperature": 0.5, "seed": 7, "max_tokens": 99, "context": 2048}
    bodies = {}
    for speech in SPEECHES:
        server = serve(speech.whole)
        model = opened(speech, server.url, **wanted)
        list(model.reply(QUESTION))
        bodies[speech.provider] = server.asked[0].body
        assert model.settings["temperature"] == 0.5
    assert {"temperature": 0.5, "seed": 7, "max_tokens": 99}.items() <= bodies["openai"].items()
    options = {"temperature": 0.5, "seed": 7, "num_predict": 99, "num_ctx": 2048}
    assert options.items() <= bodies["ollama"]["options"].items()
    assert {"temperature": 0.5, "max_tokens": 99}.items() <= bodies["anthropic"].items()
    assert "seed" not in bodies["anthropic"]
    assert not any("tools" in body for body in bodies.values() if body.get("tools"))


def test_a_setting_that_a_model_refuses_is_left_out(serve: Serve, opened: Open) -> None:
    said = "Unsupported value: '{}' does not support 0 with this model. Only the default (1) value is supported."

    def choosy(handler: Handler) -> None:
        for name in ("temperature", "seed", "max_tokens"):
            if name in handler.server.asked[-1].body:
                error = {"message": said.format(name), "type": "invalid_request_error", "code": "unsupported_value"}
                return status(400, {"error": error})(handler)
        return OPENAI.whole(handler)

    server = serve(choosy)
    model = opened(OPENAI, server.url)
    assert tuple(model.reply(QUESTION)) == PIECES
    assert len(server.asked) == 4
    assert model.settings == {}
    assert tuple(model.reply(QUESTION)) == PIECES
    assert len(server.asked) == 5  # it is known now


def test_a_setting_that_the_package_itself_refuses_is_left_out(serve: Serve, opened: Open) -> None:
    server = serve(ANTHROPIC.whole)
    model = opened(ANTHROPIC, server.url, "claude-fable-5")
    assert tuple(model.reply(QUESTION)) == PIECES
    assert "temperature" not in server.asked[0].body
    assert model.settings == {"max_tokens": 600}


@each_provider
def test_no_text_is_no_piece(speech: Speech, serve: Serve, opened: Open) -> None:
    head = speech.first.partition("event: content_block_delta")[0] if speech is ANTHROPIC else ""
    server = serve(stream((*filter(None, [head]), *speech.rest[1:]), speech.kind))
    assert list(opened(speech, server.url).reply(QUESTION)) == []


@each_provider
@pytest.mark.parametrize("whole", [False, True])
def test_an_answer_that_the_provider_cut_off_is_known(whole: bool, speech: Speech, serve: Serve, opened: Open) -> None:
    parts = [part if whole else part.replace(*_CUT[speech.provider]) for part in speech.rest]
    reply = opened(speech, serve(stream((speech.first, *parts), speech.kind)).url).reply(QUESTION)
    assert tuple(reply) == PIECES
    assert reply.cut == (None if whole else "length")


_CUT = {"openai": ('"stop"', '"length"'), "ollama": ('"stop"', '"length"'), "anthropic": ("end_turn", "max_tokens")}


def test_a_server_of_ones_own_learns_no_other_key_and_no_proxy_learns_of_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-mine")
    proxy, server = serve(status(500, {})), serve(OPENAI.whole)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "OPENAI_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    elsewhere = AnswerSettings(model="openai:gpt-5", api_key=KEY)
    assert tuple(open_model(f"{server.url}/v1#m", elsewhere).reply(QUESTION)) == PIECES
    monkeypatch.setenv("OLLAMA_HOST", serve(OLLAMA.whole).url)
    assert tuple(open_model("ollama:m", elsewhere).reply(QUESTION)) == PIECES
    assert proxy.asked == []
    seen = str(server.asked)
    assert not any(secret in seen for secret in (KEY, "sk-of-openai", "org-mine", "project-mine"))
