"""What providers' packages raise -> one line that says what happened and what to do.

The packages share no root of their errors, so these are told by status, by the names of their classes and, where a
server says it in words alone, by those. Whatever a provider says is shown without the keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection

from qa.chat_models.naming import KEYS, ModelName
from qa.display import in_one_line
from qa.errors import ModelError, chain

LONGEST = 200
"""Most characters of what a provider says that an error repeats."""

_OVERFLOW = re.compile(
    r"context.{0,20}(?:length|window|size)|maximum context|too many tokens|prompt is too long"
    r"|(?:exceeds?|longer than) .{0,40}(?:context|tokens)|token count .{0,40}exceeds",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model_not_found|\bmodels?\b.{0,80}(?:not found|does not exist|not exist)|no such model", re.IGNORECASE
)
_BAD_KEY = re.compile(r"api key not valid|api_key_invalid|(?:invalid|incorrect) api key", re.IGNORECASE)
_RATE = re.compile(r"ratelimit|resourceexhausted")
_TIMEOUT = re.compile(r"timeout|timedout|deadlineexceeded")
_UNREACHABLE = re.compile(r"connecttimeout|connecterror|^connectionerror|nameresolution|gaierror")
_NO_CHANNEL = re.compile(r"failed to connect to all addresses|dns resolution failed", re.IGNORECASE)
_UNTRUSTED = re.compile(r"certificate_verify_failed", re.IGNORECASE)
_NO_TLS = re.compile(r"wrong_version_number|record_layer_failure|packet_length_too_long|http_request", re.IGNORECASE)
_BROKEN_OFF = re.compile(r"remoteprotocol|readerror|writeerror|closederror|connectionreset|brokenpipe|incompleteread")
_SENSELESS = (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError, IndexError)
"""What the packages raise of an answer that has not the form they expect."""

_SETTINGS = {
    "temperature": re.compile(r"\btemperature\b"),
    "seed": re.compile(r"\bseed\b"),
    "max_tokens": re.compile(r"\bmax(?:_completion|_output)?_tokens\b"),
}


def told(error: BaseException, name: ModelName, secrets: Collection[str] = (), *, opening: bool = False) -> ModelError:
    """The error of a request in one line, in which none of the secrets stands. opening: nothing was asked yet."""
    if isinstance(error, ModelError):
        return error
    if opening:
        return ModelError(f"{name.whole} cannot be used: {_reason(error, secrets)}")
    return ModelError(_told(error, name, secrets))


def refused_setting(error: BaseException) -> str | None:
    """The setting that a model does not take in this form, such as a temperature; None if that is not the matter."""
    said = _said(error)
    if (_status(error) not in (400, 422) and not isinstance(error, ValueError)) or _OVERFLOW.search(said):
        return None
    return next((setting for setting, named in _SETTINGS.items() if named.search(said)), None)


def _told(error: BaseException, name: ModelName, secrets: Collection[str]) -> str:
    where, model = name.where, name.model or "the model"
    kinds = " ".join(kind.__name__.lower() for one in chain(error) for kind in type(one).__mro__[:-2])
    status, said = _status(error), _said(error)
    if _OVERFLOW.search(said):
        return (
            f"the question with its passages is too long for {model}; set answer.context to what it reads (in tokens), "
            "or ask in a new conversation"
        )
    if status in (401, 403) or _BAD_KEY.search(said):
        own = () if name.url else KEYS.get(name.provider, ())
        return f"{where} refused the key; set {' or '.join([*own[:1], 'answer.api_key'])} to one that it takes"
    if status == 404 or _NO_MODEL.search(said):
        do = f"run: ollama pull {name.model}" if name.provider == "ollama" else "look at its name and at the address"
        return f"{where} has no model {name.model or 'of this name'}; {do}"
    if status == 429 or _RATE.search(kinds):
        return f"{where} takes no more requests now (rate limit or quota); wait a little and ask again"
    if _UNTRUSTED.search(said):
        return (
            f"the certificate of {where} is not trusted; name the file of who signed it in the variable SSL_CERT_FILE"
        )
    if name.url and _NO_TLS.search(said):
        return f"{where} does not speak https; write http:// if it is on this machine or a network that you trust"
    if _UNREACHABLE.search(kinds) or _NO_CHANNEL.search(said):
        do = "start it: ollama serve, or set OLLAMA_HOST" if name.provider == "ollama" else "does it run there?"
        return f"{where} cannot be reached; {do}"
    if status in (408, 504) or _TIMEOUT.search(kinds):
        return f"{model} did not answer in time; ask again, or raise answer.timeout (in seconds)"
    if status and status >= 500:
        return f"{where} failed (status {status}); ask again, or look at the server's log"
    if _BROKEN_OFF.search(kinds):
        return f"{where} broke off in the middle of the answer; ask again, or look at the server's log"
    if "validationerror" in kinds or any(isinstance(one, _SENSELESS) for one in chain(error)):
        do = "is it an OpenAI-compatible server, and its address whole (.../v1)?" if name.url else "ask again"
        return f"{where} sent what cannot be read; {do}"
    if "No generation chunks" in said:  # as langchain-core says it
        return f"{where} sent an empty answer; ask again, or look at the server's log"
    return f"{where} could not answer: {_reason(error, secrets)}"


def _said(error: BaseException) -> str:
    return " ".join(str(one) for one in chain(error))


def _status(error: BaseException) -> int | None:
    for one in chain(error):
        for owner in (one, getattr(one, "response", None)):
            for name in ("status_code", "code", "status"):
                value = getattr(owner, name, None)
                if isinstance(value, int) and 400 <= value < 600:
                    return value
    return None


def _reason(error: BaseException, secrets: Collection[str]) -> str:
    """What the server said, where the package keeps it apart from its own words; stars for secrets."""
    body = getattr(error, "body", None)
    said = str(error)
    for inner in (body, body.get("error") if isinstance(body, dict) else None):
        if isinstance(inner, dict) and isinstance(inner.get("message"), str):
            said = inner["message"]
    for secret in secrets:
        said = said.replace(secret, "***")
    said = in_one_line(said)
    return (said if len(said) <= LONGEST else f"{said[:LONGEST]}...") or type(error).__name__
