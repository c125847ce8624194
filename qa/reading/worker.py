"""The child process: parses one file after another, held to its limits, and answers in JSON.

Run as `python -m qa.reading.worker MEMORY SECONDS`. A request is two frames, a JSON object {"kind", "suffix",
"function", "limit"} and the file's bytes, where "function" is that of another package, or null; the answer is a frame,
a JSON object with the fields of Extract, or {"error": reason}, or {"memory": true} where the limit was reached. It ends
when its input does, even in the middle of a file.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from typing import IO, Any

from qa.errors import ReadError
from qa.reading.blocks import Extract
from qa.reading.frames import read_frame, write_frame

_LIBXML_NO_MEMORY = 2
"""What libxml2 calls it, which lxml raises as an error of syntax."""

Request = tuple[bytes, bytes]


def main() -> None:
    """Serve requests until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer, which then ends this process
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    requests, answers = _take_pipes()
    write_frame(answers, b"ready")
    _limit_memory(memory)
    waiting: queue.Queue[Request] = queue.Queue()
    threading.Thread(target=_receive, args=(requests, waiting), daemon=True).start()
    while True:
        head, data = waiting.get()
        _limit_time(seconds)
        try:
            answer = json.dumps(_answer(json.loads(head), data)).encode()
        except MemoryError:
            answer = b'{"memory": true}'
        del head, data
        write_frame(answers, answer)


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes for this protocol alone: a parser that prints or asks must not be able to disturb it."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, answers


def _receive(requests: IO[bytes], waiting: queue.Queue[Request]) -> None:
    """Read ahead in a thread, so that the end of the parent is noticed while a file is parsed."""
    try:
        while True:
            waiting.put((read_frame(requests), read_frame(requests)))
    finally:
        os._exit(0)


def _limit_memory(memory: int) -> None:
    try:
        import resource  # POSIX alone
    except ImportError:
        return
    for name, most in (("RLIMIT_AS", memory), ("RLIMIT_CORE", 0)):
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, ValueError, OSError):
            continue  # not every system has every limit; the parent's clock holds everywhere


def _limit_time(seconds: float) -> None:
    """Processor time for the next file: the parent kills by the clock, this holds where the parent is gone."""
    try:
        import resource  # POSIX alone
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + seconds) + 2, hard))
    except (ValueError, OSError):
        return  # a lower limit holds already


def _answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        if request["function"]:
            from qa.reading.plugged import read_with

            extract = read_with(request["function"], request["kind"], data, request["limit"])
        else:
            extract = _parse(request["kind"], request["suffix"], data, request["limit"])
    except MemoryError:
        raise
    except ReadError as error:
        return {"error": str(error)}
    except ModuleNotFoundError as error:
        return {"error": f"the library that reads it is missing, {error.name}: reinstall Quoth"}
    except ImportError:  # a library that is there and cannot be loaded: no room for it
        raise MemoryError from None
    except RecursionError:
        return {"error": "it is nested too deeply to be read"}
    except Exception as error:  # parsers raise anything on a damaged file
        if getattr(error, "code", None) == _LIBXML_NO_MEMORY and type(error).__name__ == "XMLSyntaxError":
            raise MemoryError from None
        return {"error": _damaged(error)}
    return {
        "kind": extract.kind,
        "text": extract.text,
        "marks": [(mark.start, mark.page, mark.heading) for mark in extract.marks],
        "title": extract.title,
        "notices": extract.notices,
    }


def _parse(kind: str, suffix: str, data: bytes, limit: int) -> Extract:
    """Parse by kind; each parser is imported when the first file of its kind comes."""
    if kind == "pdf":
        from qa.reading.pdf import read_pdf

        return read_pdf(data, limit)
    if kind == "html":
        from qa.reading.web import read_html

        return read_html(data, limit)
    if kind == "eml":
        from qa.reading.mail import read_eml

        return read_eml(data, limit)
    if kind == "ipynb":
        from qa.reading.notebook import read_ipynb

        return read_ipynb(data, limit)
    return _parse_zip(suffix, data, limit)


def _parse_zip(suffix: str, data: bytes, limit: int) -> Extract:
    from qa.reading.archive import kind_inside, open_zip

    with open_zip(data) as archive:
        kind = kind_inside(archive, suffix)
        if any(part.flag_bits & 1 for part in archive.infolist()):
            raise ReadError("it is protected by a password: save it without one and add it again")
        if kind == "epub":
            from qa.reading.book import read_epub

            return read_epub(archive, limit)
    if kind == "docx":
        from qa.reading.word import read_docx

        return read_docx(data, limit)
    if kind == "pptx":
        from qa.reading.slides import read_pptx

        return read_pptx(data, limit)
    from qa.reading.sheets import read_xlsx

    return read_xlsx(data, limit)


def _damaged(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if type(cause).__name__ in ("EntitiesForbidden", "DTDForbidden", "ExternalReferenceForbidden"):
            return "it holds XML entities, which documents do not need and attacks do: it is left out"
        cause = cause.__cause__ or cause.__context__
    remedy = "open it in its own program and save it again"
    return f"it is damaged and cannot be read ({type(error).__name__}): {remedy}"


if __name__ == "__main__":
    main()
