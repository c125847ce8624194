"""The parent's side of the child process: starts it, hands it files, ends it when out of bounds, starts it anew."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import TYPE_CHECKING, Any

from qa import children
from qa.errors import ReadError
from qa.reading.blocks import MOST_MARKS, Extract, clip, one_line
from qa.reading.frames import read_frame, write_frame
from qa.types import Mark

if TYPE_CHECKING:
    from qa.settings import ReadingSettings

_START_SECONDS = 60.0
_MOST_NOTICES = 100
_ANSWER_BYTES = 16
"""Most bytes of an answer for each allowed character: JSON's escapes take up to 12, marks the rest."""


class _Lost(Exception):
    """The child ended, or was ended, before it had answered."""


class Child:
    """One child process that parses, reused from file to file. Its calls take turns; it may be used by any thread."""

    def __init__(self, settings: ReadingSettings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The process id of the child, None while there is none."""
        return self._process.pid if self._process else None

    def parse(self, kind: str, suffix: str, data: bytes, function: str | None = None) -> Extract:
        """The text of a file of this kind. Raises ReadError with the parser's reason, or for reaching a limit.

        function: "module:function" of a package that reads this kind (see `plugins`).
        """
        request = {"kind": kind, "suffix": suffix, "function": function, "limit": self._settings.max_characters}
        with self._lock:
            answer = self._ask(request, data)
            if self._served and (answer is None or "memory" in answer):
                self._end()  # what earlier files left in its memory must not decide about this one
                answer = self._ask(request, data)
            if answer is None or "memory" in answer:
                self._end()
            else:
                self._served += 1
        if answer is None:
            raise ReadError(
                "its parser crashed: the file is damaged, or made to do harm; save it again or leave it out",
                lasting=True,
            )
        if "memory" in answer:
            raise ReadError(
                f"it takes more than {self._settings.memory / 1e6:,.0f} MB of memory to read:"
                " split it, or raise the setting reading.memory",
                lasting=True,
            )
        if "error" in answer:
            raise ReadError(_printable(answer["error"]), lasting=True)
        return _extract(answer, self._settings.max_characters)

    def close(self) -> None:
        """End the child; the next file would start another."""
        with self._lock:
            self._end()

    def _ask(self, request: dict[str, Any], data: bytes) -> dict[str, Any] | None:
        """The child's answer, None where it died. Raises ReadError where it took too long."""
        head = json.dumps(request).encode()
        try:
            process = self._running()
            frame = self._exchange(process, [head, data], self._settings.seconds)
            answer = json.loads(frame)
        except TimeoutError:
            raise ReadError(
                f"it takes longer than {self._settings.seconds:g} seconds to read:"
                " split it, or raise the setting reading.seconds",
                lasting=True,
            ) from None
        except (_Lost, ValueError, RecursionError):
            self._end()
            return None
        return answer if isinstance(answer, dict) else None

    def _exchange(self, process: subprocess.Popen[bytes], frames: list[bytes], seconds: float) -> bytes:
        """Write frames and read the answer; the clock kills the child, which ends every wait on its pipes."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        if process.stdin is None or process.stdout is None:
            raise _Lost
        clock = threading.Timer(seconds, expire)
        clock.daemon = True
        clock.start()
        try:
            for frame in frames:
                write_frame(process.stdin, frame)
            answer = read_frame(process.stdout, self._settings.max_characters * _ANSWER_BYTES + 1_000_000)
        except (OSError, EOFError):
            answer = None
        except BaseException:  # Ctrl-C: half an exchange cannot be taken up again
            self._end()
            raise
        finally:
            clock.cancel()
            clock.join()
        if expired.is_set():
            self._end()
            raise TimeoutError
        if answer is None:
            raise _Lost
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._process = _start(self._settings)
        try:
            self._exchange(self._process, [], _START_SECONDS)
        except (_Lost, TimeoutError):
            self._end()
            raise ReadError("the process that reads documents does not start: reinstall Quoth") from None
        return self._process

    def _end(self) -> None:
        process, self._process, self._served = self._process, None, 0
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                continue  # closing flushes, into a pipe that nobody reads any more
        process.wait()


def _start(settings: ReadingSettings) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            children.command("qa.reading.worker", str(settings.memory), str(settings.seconds)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=children.environment(),
        )
    except OSError as error:
        raise ReadError(f"the process that reads documents does not start: {error.strerror}") from None


def _extract(answer: dict[str, Any], limit: int) -> Extract:
    """The answer, believed in nothing: a parser that was taken over may have written it."""
    text, kind, title = answer.get("text"), answer.get("kind"), answer.get("title")
    notices, raw_marks = answer.get("notices"), answer.get("marks")
    broken = ReadError("its parser gave an answer that makes no sense: leave the file out")
    if not (isinstance(text, str) and isinstance(kind, str) and isinstance(title, str | None)):
        raise broken
    if not isinstance(notices, list) or not isinstance(raw_marks, list):
        raise broken
    if len(text) > limit or len(raw_marks) > MOST_MARKS + 1 or len(notices) > _MOST_NOTICES:
        raise broken
    marks: list[Mark] = []
    try:
        text.encode("utf-8")
        for start, page, heading in raw_marks:
            if not (isinstance(start, int) and isinstance(page, int | None) and isinstance(heading, str | None)):
                raise broken
            if not (marks[-1].start if marks else 0) <= start < len(text):
                raise broken
            marks.append(Mark(start, page, heading if heading is None else clip(heading)))
    except (UnicodeError, ValueError, TypeError):
        raise broken from None
    shown = tuple(_printable(notice) for notice in notices)
    return Extract(_printable(kind), text, tuple(marks), title if title is None else clip(title), shown)


def _printable(message: object) -> str:
    """One line without control characters, of bearable length."""
    line = one_line(str(message))[:500]
    return "".join(character if character.isprintable() else "?" for character in line)
