"""What each provider's class calls Quoth's settings, and whom a key and a proxy are for."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from qa.chat_models.naming import KEYS, ModelName, parsed
from qa.errors import InputError, ModelError

if TYPE_CHECKING:
    import httpx

    from qa.settings import AnswerSettings

CLOSING = {"Connection": "close"}
"""Header of every request, so that no connection is left open between two questions."""

CONNECTING = 10.0
"""Most seconds until a server takes the connection."""


def options(
    name: ModelName, key: str | None, settings: AnswerSettings, left_out: Collection[str] = ()
) -> dict[str, Any]:
    """The arguments of `init_chat_model`. left_out: settings that the model refused (see `sent`)."""
    given = sent(name, settings, left_out)
    found: dict[str, Any] = {"temperature": given["temperature"]} if "temperature" in given else {}
    if name.provider == "ollama":
        client: dict[str, Any] = {
            "timeout": _timeout(settings),
            "trust_env": goes_by_proxy(_ollama_host()),
            "follow_redirects": False,
            "headers": {**CLOSING, **({"Authorization": f"Bearer {key}"} if key else {})},
        }
        if "seed" in given:
            found["seed"] = given["seed"]
        # Ollama cuts what is longer than its window without a word, and its own default is small.
        return found | {"num_ctx": settings.context, "num_predict": settings.max_tokens, "client_kwargs": client}
    if key:
        found["api_key"] = key
    if name.provider == "openai":
        if "seed" in given:
            found["seed"] = given["seed"]
        if "max_tokens" in given:
            # The name of old, which every server knows, and OpenAI's own for its own: it refuses the other.
            most = {"max_tokens": settings.max_tokens}
            found |= {"extra_body": most} if name.url else most
        found["default_headers"] = CLOSING
        found |= {"timeout": _timeout(settings), "stream_chunk_timeout": None, "max_retries": 0, "stream_usage": True}
        return found | _own_server(name.url, key, settings) if name.url else found
    if name.provider in ("anthropic", "google_genai"):
        # One try: the package of Google counts tries, the others count repetitions.
        found |= {"timeout": settings.timeout, "max_retries": int(name.provider == "google_genai")}
        if name.provider == "anthropic":
            found["default_headers"] = CLOSING
        if "max_tokens" in given:
            found["max_tokens"] = settings.max_tokens
    return found


def sent(name: ModelName, settings: AnswerSettings, left_out: Collection[str] = ()) -> dict[str, float | int]:
    """The settings that a model of this provider is sent, which answers record."""
    found: dict[str, float | int] = {"temperature": settings.temperature}
    if name.provider in ("openai", "ollama"):
        found["seed"] = settings.seed
    if name.provider in ("openai", "ollama", "anthropic", "google_genai"):
        found["max_tokens"] = settings.max_tokens
    return {setting: value for setting, value in found.items() if setting not in left_out}


def key_for(name: ModelName, settings: AnswerSettings) -> str | None:
    """The key of the settings, if it is meant for this model: for the provider or server of answer.model alone.

    White space around it, which comes along where a key is copied, is no part of it. Raises ModelError for a key that
    no request could carry.
    """
    if settings.api_key is None:
        return None
    if settings.model != "quotes":
        try:
            meant = parsed(settings.model)
        except InputError:
            return None
        if (meant.provider, meant.url) != (name.provider, name.url):
            return None
    return _sendable(settings.api_key.get_secret_value().strip(), "answer.api_key")


def secrets(*keys: str | None) -> tuple[str, ...]:
    """Everything that no message may hold: these keys, and those in the providers' variables, also as Python writes
    them, which is how errors repeat a key that holds a line break."""
    found = (*keys, *(os.environ.get(variable) for variables in KEYS.values() for variable in variables))
    forms = (form for one in found if one for form in (one, repr(one)[1:-1], one.strip()))
    return tuple(dict.fromkeys(form for form in forms if form))


def require_key(name: ModelName, key: str | None) -> None:
    """Raise ModelError where a provider needs a key and there is none."""
    variables = KEYS.get(name.provider, ())
    if variables and not name.url and not key and not any(os.environ.get(one) for one in variables):
        raise ModelError(
            f"{name.provider} needs a key; set the variable {variables[0]}, or answer.api_key beside answer.model in "
            "quoth.toml"
        )
    if not name.url and not key:
        for variable in variables:
            _sendable(os.environ.get(variable, ""), f"the variable {variable}")


def _sendable(key: str, place: str) -> str:
    """The key, which goes into a header. Raises ModelError where it cannot: packages repeat it in their own errors."""
    if not re.fullmatch(r"[!-~]*", key):
        raise ModelError(f"{place} holds a line break, a space or a sign that no key has; set it anew")
    return key


def goes_by_proxy(url: str) -> bool:
    """Whether the variables of a proxy hold for a server: never for one on this machine."""
    return not _at_home(url)


def _own_server(url: str, key: str | None, settings: AnswerSettings) -> dict[str, Any]:
    """What a server of one's own is asked with: it learns no key of OpenAI's, and nobody whom it names, and no proxy
    of a server on this machine, learns of the question.
    """
    import httpx

    client = httpx.AsyncClient(
        timeout=_timeout(settings),
        trust_env=goes_by_proxy(url),
        follow_redirects=False,
        event_hooks={"request": [_without_account]},
    )
    return {
        "base_url": url,
        "api_key": key or "none",
        "openai_proxy": None,
        "use_responses_api": False,
        "http_async_client": client,
    }


async def _without_account(request: httpx.Request) -> None:
    for header in ("OpenAI-Organization", "OpenAI-Project"):  # out of variables that are meant for OpenAI
        request.headers.pop(header, None)


def _timeout(settings: AnswerSettings) -> httpx.Timeout:
    import httpx

    return httpx.Timeout(settings.timeout, connect=min(CONNECTING, settings.timeout))


def _ollama_host() -> str:
    host = os.environ.get("OLLAMA_HOST") or "127.0.0.1"
    return host if "://" in host else f"http://{host}"


def _at_home(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1", "0.0.0.0") or host.startswith("127.")  # noqa: S104 (compared, not bound)
