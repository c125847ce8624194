"""A model is opened by its name, and what is missing for it is said in one line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest

from qa.chat_models import check, open_model
from qa.chat_models.naming import parsed
from qa.errors import InputError, ModelError
from qa.settings import AnswerSettings

from .conftest import KEY, QUESTION, Serve, address
from .servers import ANTHROPIC, OLLAMA, OPENAI, PIECES, Answer, Handler, Server, Speech, silent, status


def failure(name: str, **settings: object) -> str:
    """What opening the model fails with."""
    with pytest.raises(ModelError) as raised:
        open_model(name, AnswerSettings.model_validate({"model": name, **settings}))
    said = str(raised.value)
    assert len(said.splitlines()) == 1
    assert KEY not in said
    return said


def listing(*names: str) -> Answer:
    """A server with these models."""

    def answer(handler: Handler) -> None:
        if handler.path == "/v1/models":
            return status(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in names]})(handler)
        return OPENAI.whole(handler)

    return answer


@pytest.mark.parametrize(
    ("name", "provider", "model", "url"),
    [
        ("ollama:llama3.2", "ollama", "llama3.2", None),
        ("ollama:qwen3:0.6b", "ollama", "qwen3:0.6b", None),
        ("google-genai:gemini-2.5-flash", "google_genai", "gemini-2.5-flash", None),
        ("http://127.0.0.1:8080/v1", "openai", "", "http://127.0.0.1:8080/v1"),
        ("http://[::1]:8080/v1/#org/model%201", "openai", "org/model 1", "http://[::1]:8080/v1"),
        ("https://host.example/v1/chat/completions#m", "openai", "m", "https://host.example/v1"),
    ],
)
def test_a_name_taken_apart(name: str, provider: str, model: str, url: str | None) -> None:
    found = parsed(name)
    assert (found.provider, found.model, found.url) == (provider, model, url)
    again = parsed(found.whole.replace(" ", "%20"))
    assert again == found


@pytest.mark.parametrize("name", ["", "llama3.2", "ollama:", "ollama: x", ":x", "ftp://host/v1", "Quotes"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(InputError, match='write "quotes", PROVIDER:MODEL such as'):
        parsed(name)


@pytest.mark.parametrize(
    "name",
    [
        "http://",
        "http:///v1",
        "http://host:port/v1",
        "http://host:99999/v1",
        "http://[::1/v1",
        "http://ho st/v1",
        f"http://me:{KEY}@host/v1",
        f"http://host/v1?key={KEY}",
        f"http://me:{KEY}@host:port/v1",
    ],
)
def test_what_is_no_address_is_not_repeated_with_a_password(name: str) -> None:
    with pytest.raises(InputError, match="is no server's address; write http://HOST:PORT/v1") as raised:
        parsed(name)
    assert KEY not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "modules", "line"),
    [
        ("ollama:m", ["langchain_ollama", "langchain_community.chat_models"], "pip install 'quoth[ollama]'"),
        ("openai:m", ["langchain_openai"], "pip install 'quoth[openai]'"),
        ("http://127.0.0.1:9/v1#m", ["langchain_openai"], "pip install 'quoth[openai]'"),
        ("anthropic:m", ["langchain_anthropic"], "pip install 'quoth[anthropic]'"),
        ("google_genai:m", ["langchain_google_genai"], "pip install 'quoth[google]'"),
        ("mistralai:m", [], "pip install langchain-mistralai"),
    ],
)
def test_a_missing_package(name: str, modules: Sequence[str], line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from langchain.chat_models import base

    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)
    base._import_module.cache_clear() if hasattr(base._import_module, "cache_clear") else None
    base._get_chat_model_creator.cache_clear()
    assert failure(name, api_key=KEY).endswith(f"need its package: {line}")
    base._get_chat_model_creator.cache_clear()


@pytest.mark.parametrize(
    ("provider", "variable"),
    [("openai", "OPENAI_API_KEY"), ("anthropic", "ANTHROPIC_API_KEY"), ("google_genai", "GOOGLE_API_KEY")],
)
def test_a_missing_key(provider: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = failure(f"{provider}:m")
    assert said.startswith(f"{provider} needs a key; set the variable {variable}, or answer.api_key")
    with pytest.raises(ModelError, match="needs a key"):  # that of another provider is not for this one
        open_model(f"{provider}:m", AnswerSettings(model="ollama:m", api_key=KEY))  # type: ignore[arg-type]
    monkeypatch.setenv(variable, KEY)
    assert KEY not in repr(vars(open_model(f"{provider}:m", AnswerSettings())).get("chat"))


def test_an_unknown_provider() -> None:
    assert failure("nope:m") == (
        "LangChain knows no provider 'nope'; try ollama:, openai:, anthropic: or google_genai:"
    )


def test_the_one_model_of_a_server_is_found(serve: Serve) -> None:
    server = serve(listing("only/one"))
    model = open_model(f"{server.url}/v1", AnswerSettings())
    assert model.name.whole == f"{server.url}/v1#only/one"
    assert tuple(model.reply(QUESTION)) == PIECES
    assert server.asked[-1].body["model"] == "only/one"


def test_a_server_with_several_models_names_them(serve: Serve) -> None:
    server = serve(listing("a", "b"))
    url = f"{server.url}/v1"
    assert failure(url) == f"{url} has 2 models; name one, as in {url}#a: a, b"
    assert failure(f"{serve(listing(*'abcdefg')).url}/v1").endswith("#a: a, b, c, d, e, ...")
    model = open_model(f"{url}#b", AnswerSettings())
    assert tuple(model.reply(QUESTION)) == PIECES
    assert [asked.path for asked in server.asked] == ["/v1/models", "/v1/chat/completions"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (listing(), "has no model; load one there"),
        (status(404, {"error": "not found"}), "does not list its models; name one: "),
        (status(200, ["what"]), "does not list its models; name one: "),
        (status(401, {"error": f"not {KEY}"}), "refused the key; set answer.api_key"),
        (status(429, {}), "takes no more requests now"),
        (status(500, {}), "failed (status 500)"),
        (silent, "did not answer in time"),
    ],
)
def test_a_server_that_does_not_say_what_it_has(answer: Answer, said: str, serve: Serve) -> None:
    server = serve(answer)
    assert said in failure(f"{server.url}/v1", api_key=KEY, timeout=0.3)
    assert len(server.asked) == 1
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_an_address_that_is_not_whole_may_be_the_matter(serve: Serve) -> None:
    url = serve(status(404, {"error": "not found"})).url
    assert (
        failure(url) == f"{url} does not list its models; name one: {url}#NAME, or write its address whole ({url}/v1)"
    )


@pytest.mark.parametrize("speech", [OPENAI, OLLAMA, ANTHROPIC], ids=lambda speech: speech.provider)
def test_white_space_around_a_key_is_no_part_of_it(
    speech: Speech, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(speech.whole)
    name = address(speech, server.url, "m", monkeypatch)
    assert tuple(open_model(name, AnswerSettings(model=name, api_key=f"{KEY}\n")).reply(QUESTION)) == PIECES  # type: ignore[arg-type]
    assert KEY in server.asked[0].headers.values() or f"Bearer {KEY}" in server.asked[0].headers.values()


@pytest.mark.parametrize("key", [f"{KEY}\r\nX-Other: {KEY}", f"{KEY} {KEY}", f"{KEY}ключ", f"{KEY}\x00"])
def test_a_key_that_no_request_can_carry_is_told_and_not_repeated(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1#m", "ollama:m", "openai:m", "anthropic:m"):
        assert failure(name, api_key=key).startswith("answer.api_key holds a line break, a space or a sign")
    monkeypatch.setenv("OPENAI_API_KEY", key.replace("\x00", "\n"))
    assert failure("openai:m").startswith("the variable OPENAI_API_KEY holds a line break")


def test_no_server_there() -> None:
    with Server(silent) as server:
        url = f"{server.url}/v1"
    assert failure(url) == f"{url} cannot be reached; does it run there?"


def test_checking_a_model_asks_nobody(serve: Serve) -> None:
    server = serve(listing("a", "b"))
    assert check(f"{server.url}/v1", AnswerSettings()).whole == f"{server.url}/v1"
    assert server.asked == []
    with pytest.raises(ModelError, match="openai needs a key"):
        check("openai:gpt-5", AnswerSettings())
