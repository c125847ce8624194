"""What Chroma's client raises -> one line that says what happened and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from qa.apikeys import STARS
from qa.display import in_one_line
from qa.errors import QuothError, SourceNotFound, StoreError, chain

LONGEST = 200
"""Most characters of what the server says that an error repeats."""

_UNTRUSTED = re.compile(r"certificate.verify.failed", re.IGNORECASE)
_NO_TLS = re.compile(r"wrong.version.number|record.layer.failure|packet.length.too.long|http.request", re.IGNORECASE)
_BUSY = {429, 502, 503, 504}


class Moved(SourceNotFound):
    """A collection is no longer there: the library was just being rebuilt. Whoever looks again finds the new one."""


@contextmanager
def told(url: str, secret: str | None = None) -> Iterator[None]:
    """Whatever the client raises inside is a StoreError; Moved where a collection is missing."""
    try:
        yield
    except QuothError:
        raise
    except Exception as error:
        if _name(error) == "NotFoundError":
            raise Moved(f"the library on {url} was being rebuilt just now; ask again") from None
        raise StoreError(_told(error, url, secret)) from None


def is_missing(error: BaseException) -> bool:
    """Whether the server says that it has no such collection, database or tenant."""
    return _name(error) == "NotFoundError"


def _told(error: Exception, url: str, secret: str | None) -> str:
    server, kinds = f"the Chroma server {url}", {kind.__name__ for one in chain(error) for kind in type(one).__mro__}
    said = " ".join(str(one) for one in chain(error))
    status = _status(error)
    if status in (401, 403) or kinds & {"ChromaAuthError", "AuthorizationError"}:
        return f"{server} refused the request ({status or 401}); set store.token, and store.header, to what it takes"
    if status is not None and 300 <= status < 400:
        return f"{server} sends elsewhere (status {status}); set store.url to where it is"
    if _UNTRUSTED.search(said):
        return f"the certificate of {server} is not trusted; set store.ca_file to the file of who signed it"
    if _NO_TLS.search(said):
        return f"{server} does not speak https; set store.url to http://... if the network between is yours"
    if "TimeoutException" in kinds:
        return f"{server} did not reply in time; try again, or raise store.timeout (in seconds)"
    if "ConnectError" in kinds:
        return f"{server} cannot be reached; start it (chroma run --path FOLDER), or set store.url to where it is"
    if "TransportError" in kinds:
        return f"{server} broke off; try again, or look at its log"
    if status == 413 or "BatchSizeExceededError" in kinds:
        return f"{server}, or the proxy before it, takes no requests of this size; raise that limit to 32 MB"
    if status in _BUSY:
        return f"{server} is not ready (status {status}); try again"
    if kinds & {"InvalidDimensionException"}:
        return f"{server} has vectors of another embedding model; run quoth doctor, which says what mends it"
    if status in (404, 405, 410) or kinds & {"JSONDecodeError", "KeyError", "TypeError", "AttributeError"}:
        return f"{url} is no Chroma server of version 1.5 or newer; set store.url to where one is"
    return f"{server} could not do it: {_reason(error, secret)}"


def _reason(error: Exception, secret: str | None) -> str:
    said = str(error).replace(secret, STARS) if secret else str(error)
    said = in_one_line(said)
    return (said if len(said) <= LONGEST else f"{said[:LONGEST]}...") or type(error).__name__


def _name(error: BaseException) -> str:
    return type(error).__name__


def _status(error: BaseException) -> int | None:
    for one in chain(error):
        status = getattr(getattr(one, "response", None), "status_code", None)
        if isinstance(status, int):
            return status
    return None
