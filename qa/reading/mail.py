"""EML to text: the headers that people read, then the body. Runs in the child process."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from typing import Any

from qa.errors import ReadError
from qa.reading.blocks import Blocks, Extract, one_line
from qa.reading.web import add_html

_SHOWN = ("From", "To", "Cc", "Date", "Subject")


def read_eml(data: bytes, limit: int) -> Extract:
    """A message's headers and its text, taken from HTML only where there is no plain text; attachments are named."""
    message = message_from_bytes(data, _class=EmailMessage, policy=default)
    headers = {name: one_line(_header(message, name)) for name in _SHOWN}
    if not any(headers.values()):
        raise ReadError("it is no mail message: save it from the mail program again as .eml")
    blocks = Blocks("eml", limit)
    blocks.title = headers["Subject"] or "(no subject)"
    blocks.paragraph("\n".join(f"{name}: {value}" for name, value in headers.items() if value))
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None and body.get_content_subtype() == "html":
        add_html(blocks, _content(body))
    elif body is not None:
        blocks.paragraph(_content(body))
    attachments = []
    for part in message.iter_attachments() if message.is_multipart() else ():
        if part.get_content_type() == "text/plain" and not part.get_filename() and not part.is_attachment():
            blocks.paragraph(_content(part))  # a further piece of the message, such as a mailing list's footer
        else:
            attachments.append(_name(part))
    if attachments:
        blocks.paragraph("Attachments: " + ", ".join(attachments))
        blocks.notices.append("attachments are not read, save and add them: " + ", ".join(attachments)[:300])
    return blocks.extract()


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except Exception:  # the standard library's header parser raises many things on malformed ones
        return next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")


def _name(part: MIMEPart[Any, Any]) -> str:
    inner = part.get_payload(0) if part.get_content_type() == "message/rfc822" else None
    subject = inner.get("Subject") if isinstance(inner, EmailMessage) else None
    return one_line(part.get_filename() or (f"message “{subject}”" if subject else part.get_content_type()))


def _content(part: MIMEPart[Any, Any]) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # an unknown charset or transfer encoding
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
