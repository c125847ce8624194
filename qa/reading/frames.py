"""How parent and child talk: frames of a length and so many bytes, over the child's standard input and output."""

from __future__ import annotations

import struct
from typing import IO

_LENGTH = struct.Struct(">Q")


def write_frame(stream: IO[bytes], payload: bytes) -> None:
    """Write one frame. Raises OSError where the other side is gone."""
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: IO[bytes], limit: int | None = None) -> bytes:
    """Read one frame. Raises EOFError where the stream ends before it does, or the frame is larger than `limit`."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError("the stream has ended")
    (length,) = _LENGTH.unpack(head)
    if limit is not None and length > limit:
        raise EOFError("the frame is too large")
    payload = stream.read(length)
    if len(payload) < length:
        raise EOFError("the stream has ended within a frame")
    return payload
