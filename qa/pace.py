"""How a long work is shown while it goes on, on the command line and in the chat."""

from __future__ import annotations

import time
from collections import deque
from datetime import timedelta

STAGES = {
    "waiting": "waiting",
    "compiling": "preparing the embedding model, once",
    "reading": "reading",
    "indexing": "indexing",
    "checking": "checking",
    "asking": "asking",
}
"""What a stage is called on the screen."""


class Pace:
    """Files or questions a second over the last while. Files are finished in groups, so a moment says nothing."""

    LONGEST, SHORTEST = 30.0, 2.0
    """Seconds that are looked back over; before the shorter nothing is said."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def words(self, done: int, total: int) -> str:
        """How far it is, how fast, and the time left."""
        now = time.monotonic()
        self._seen.append((now, done))
        while self._seen[0][0] < now - self.LONGEST:
            self._seen.popleft()
        since, then = self._seen[0]
        if now - since < self.SHORTEST or done == then:
            return f"{done}/{total}"
        rate = (done - then) / (now - since)
        return f"{done}/{total} {rate:.1f}/s {timedelta(seconds=round((total - done) / rate))} left"
