"""What a chat model is called: `provider:model`, or the URL of an OpenAI-compatible server with `#model` behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from qa.errors import InputError

EXTRAS = {"ollama": "ollama", "openai": "openai", "anthropic": "anthropic", "google_genai": "google"}
"""Providers whose packages are extras of Quoth, and the extras' names."""

KEYS = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google_genai": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
}
"""The variables in which each provider's package looks for a key."""

_NAMED = re.compile(r"[a-z][a-z0-9_-]*:(?!//)\S+")


@dataclass(frozen=True, slots=True)
class ModelName:
    """provider: as `init_chat_model` calls it. model: "" where the server is to be asked. url: of a server, or None."""

    provider: str
    model: str
    url: str | None = None

    @property
    def whole(self) -> str:
        """The name as it is written."""
        if self.url:
            return f"{self.url}#{self.model}" if self.model else self.url
        return f"{self.provider}:{self.model}" if self.model else self.provider

    @property
    def where(self) -> str:
        """Whom a request goes to, for a person."""
        return self.url or self.provider


def parsed(name: str) -> ModelName:
    """A name taken apart. Raises InputError for one that says neither a provider nor a server."""
    if name.startswith(("http://", "https://")):
        return _server(name)
    if not _NAMED.fullmatch(name):
        raise InputError(
            f'no model {name!r}; write "quotes", PROVIDER:MODEL such as ollama:llama3.2, or the URL of a server'
        )
    provider, model = name.split(":", 1)
    return ModelName(provider.replace("-", "_"), model)


def _server(name: str) -> ModelName:
    try:
        parts = urlsplit(name)
        whole = bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", name)  # a port may be no number
    except ValueError:
        whole = False
    if not whole or "@" in parts.netloc or parts.query:
        # What is refused is not repeated from where a secret may stand.
        shown = re.sub(r"//[^/#]*@", "//", name).split("?")[0]
        raise InputError(
            f"{shown!r} is no server's address; write http://HOST:PORT/v1, and a key into answer.api_key, never into it"
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    return ModelName("openai", unquote(parts.fragment), urlunsplit((parts.scheme, parts.netloc, path, "", "")))


def pip_line(provider: str) -> str:
    """What installs a provider's package."""
    if provider in EXTRAS:
        return f"pip install 'quoth[{EXTRAS[provider]}]'"
    return f"pip install langchain-{provider.replace('_', '-')}"
