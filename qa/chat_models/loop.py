"""The event loop that requests to models run on, in a thread of its own.

There is one for the process, and it stays: the providers' packages keep connections open between two questions, and
share them between models, and a connection belongs to the loop that opened it.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None


def run(work: Coroutine[Any, Any, Any]) -> Future[Any]:
    """Start the work on the loop."""
    global _loop, _thread
    with _lock:
        if _loop is None or _thread is None or not _thread.is_alive():  # not alive: this is a fork of the process
            _loop = asyncio.new_event_loop()
            _thread = threading.Thread(target=_serve, args=(_loop,), name="quoth models", daemon=True)
            _thread.start()
        return asyncio.run_coroutine_threadsafe(work, _loop)


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@atexit.register
def _end() -> None:
    """Close what is open. A loop that is torn down with its thread would leave requests running into the end."""
    if _loop is not None and _thread is not None and _thread.is_alive():
        _loop.call_soon_threadsafe(_loop.stop)
        _thread.join(1.0)
