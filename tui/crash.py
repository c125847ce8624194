"""What a fault that nobody expected shows of itself: nothing. The screen, and a traceback's values, hold documents."""

from __future__ import annotations

from rich.console import RenderableType
from textual.app import App
from textual.worker import WorkerFailed

from qa.logs import fault, log


class Unshown(App[int]):
    """An app that such a fault ends: it is logged, the terminal becomes what it was, and `fault` says what it was.

    Textual itself would print a traceback with the values of every variable.
    """

    fault: Exception | None = None

    def _handle_exception(self, error: Exception) -> None:
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error
        fault(error)
        self.fault = self.fault or error
        self._return_code = 1
        if self._exception is None:  # which a test is then told of
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """End the app. Textual calls this for a fault in the thread that reads the terminal, with a picture of it."""
        from rich.traceback import Traceback  # with Pygments, which nothing else needs before the first paint

        kinds = []
        for picture in renderables:
            for stack in picture.trace.stacks if isinstance(picture, Traceback) else ():
                kinds.append(stack.exc_type)
                for frame in stack.frames:
                    log.error("%s at %s:%d in %s", stack.exc_type, frame.filename, frame.lineno, frame.name)
        self._handle_exception(InputFailed(", ".join(kinds)))

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()


class InputFailed(Exception):
    """The thread that reads keys and the mouse has failed."""
