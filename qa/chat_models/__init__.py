"""A chat model of the user's choice, through LangChain: opened by its name and asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Union
from urllib.parse import urlsplit

from qa.chat_models.faults import told
from qa.chat_models.naming import ModelName, parsed, pip_line
from qa.chat_models.options import goes_by_proxy, key_for, options, require_key, secrets, sent
from qa.chat_models.reply import Reply
from qa.display import in_one_line
from qa.errors import InputError, ModelError
from qa.types import Message

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from qa.settings import AnswerSettings

__all__ = ["ChatModel", "Model", "Reply", "check", "open_model", "taken"]

Model = Union[str, "BaseChatModel"]
"""What a caller names a chat model by, or one of LangChain's itself."""

SHOWN = 5
"""Most models of a server that an error names."""


class ChatModel:
    """A model that is ready to be asked.

    name: as it was given. chat: LangChain's. window: tokens that it reads and writes in all. timeout: most seconds
    without a word. settings: what it is sent of the settings. secrets: what no message may hold.
    """

    def __init__(
        self,
        name: ModelName,
        chat: BaseChatModel,
        asked: AnswerSettings,
        *,
        keys: Iterable[str | None] = (),
        again: Callable[[frozenset[str]], BaseChatModel] | None = None,
    ) -> None:
        """keys: those that it is asked with. again: opens it without some of the settings."""
        self.name, self.chat, self._asked, self._again = name, chat, asked, again
        self.window, self.timeout, self.secrets = asked.context, asked.timeout, secrets(*keys)
        self._left_out: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"ChatModel({self.name.whole!r})"

    @property
    def settings(self) -> dict[str, float | int]:
        """The settings that the model is sent: not those that it does not have, or has refused."""
        return sent(self.name, self._asked, self._left_out) if self._again else {}

    def reply(self, messages: Sequence[Message], cancel: threading.Event | None = None) -> Reply:
        """Ask. Nothing is sent before the reply is iterated over. cancel: set it to give up."""
        return Reply(self, messages, cancel)

    def leave_out(self, setting: str | None) -> bool:
        """Ask without a setting from now on; False if it is not among those that are sent."""
        if setting is None or self._again is None or setting not in self.settings:
            return False
        self._left_out |= {setting}
        self.chat = self._again(self._left_out)
        return True


def open_model(name: str, settings: AnswerSettings) -> ChatModel:
    """The model of this name. Sends nothing, except to a server whose model has no name, which is asked for it.

    Raises InputError for what is no model's name, ModelError where a package or a key is missing.
    """
    found = parsed(name)
    key = key_for(found, settings)
    if found.url and not found.model:
        found = ModelName(found.provider, _served(found.url, found, key, settings.timeout), found.url)
    require_key(found, key)

    def opened(left_out: frozenset[str]) -> BaseChatModel:
        return _opened(found, key, settings, left_out)

    return ChatModel(found, opened(frozenset()), settings, keys=[key], again=opened)


def taken(chat: BaseChatModel, settings: AnswerSettings) -> ChatModel:
    """A model that the caller has opened through LangChain. Raises InputError for anything else."""
    from langchain_core.language_models import BaseChatModel
    from pydantic import SecretStr

    if not isinstance(chat, BaseChatModel):
        raise InputError(f"a model is a name or one of LangChain's chat models, not {type(chat).__name__}")
    named = getattr(chat, "model_name", None) or getattr(chat, "model", None)
    keys = [value.get_secret_value() for value in vars(chat).values() if isinstance(value, SecretStr)]
    return ChatModel(ModelName(chat._llm_type, named if isinstance(named, str) else ""), chat, settings, keys=keys)


def check(name: str, settings: AnswerSettings) -> ModelName:
    """Whether a model could be asked, without asking anyone: its name, its package and its key. Raises as `open_model`.

    Returns the name, taken apart.
    """
    found = parsed(name)
    key = key_for(found, settings)
    require_key(found, key)
    _opened(ModelName(found.provider, found.model or "any", found.url), key, settings, frozenset())
    return found


def _opened(name: ModelName, key: str | None, settings: AnswerSettings, left_out: frozenset[str]) -> BaseChatModel:
    try:
        from langchain.chat_models import init_chat_model

        chat: BaseChatModel = init_chat_model(
            name.model, model_provider=name.provider, **options(name, key, settings, left_out)
        )
    except ImportError as error:
        raise ModelError(f"answers by {name.provider} need its package: {pip_line(name.provider)}") from error
    except Exception as error:
        if isinstance(error, ValueError) and "Unsupported provider" in str(error):
            raise ModelError(
                f"LangChain knows no provider {name.provider!r}; try ollama:, openai:, anthropic: or google_genai:"
            ) from None
        raise told(error, name, secrets(key), opening=True) from None
    return chat


def _served(url: str, name: ModelName, key: str | None, timeout: float) -> str:
    """The one model of a server. Raises ModelError where it has several, or none."""
    import httpx

    whole = "" if urlsplit(url).path else f", or write its address whole ({url}/v1)"
    unlisted = ModelError(f"{url} does not list its models; name one: {url}#NAME{whole}")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        response = httpx.get(f"{url}/models", headers=headers, timeout=min(timeout, 10.0), trust_env=goes_by_proxy(url))
        response.raise_for_status()
        models = [str(one["id"]) for one in response.json()["data"]]
    except (ValueError, KeyError, TypeError):
        raise unlisted from None
    except httpx.HTTPStatusError as error:
        if error.response.status_code in (404, 405, 501):
            raise unlisted from None
        raise told(error, name, secrets(key)) from None
    except Exception as error:
        raise told(error, name, secrets(key)) from None
    if not models:
        raise ModelError(f"{url} has no model; load one there, or look at the address")
    if len(models) > 1:
        listed = in_one_line(", ".join(models[:SHOWN])) + (", ..." if len(models) > SHOWN else "")
        raise ModelError(f"{url} has {len(models)} models; name one, as in {url}#{models[0]}: {listed}")
    return models[0]
