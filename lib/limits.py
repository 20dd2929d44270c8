"""How often somebody may do something: counters of windows of time, in Redis when there is one, else in this process.

A window begins whenever the clock is a multiple of its length, so that all processes mean the same one, one round trip
counts a hit, and when it ends is known without asking. Around an end, up to twice the limit may pass within a window's
length.

PyPI's `limits` would be the library for it. Its fixed window asks Redis three times for what the headers tell, and in
memory it starts a thread for nearly every hit.
"""

import logging
import math
import re
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache
from threading import Lock

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_WRITTEN = re.compile(rf"([1-9][0-9]{{0,8}})/({'|'.join(SECONDS)})")
# In seconds: what Redis may take to answer, and how long it is left alone when it has not.
PATIENCE, PAUSE = 0.5, 5.0


@dataclass(frozen=True)
class Limit:
    """At most so many hits in so many seconds."""

    most: int
    seconds: int


@dataclass(frozen=True)
class Window:
    """Where somebody stands after a hit. `ends` is in seconds since 1970; `now` is when the hit was."""

    limit: Limit
    observed: int
    ends: int
    now: float

    @property
    def is_over(self) -> bool:
        """Whether the hit was one too many."""
        return self.observed > self.limit.most

    @property
    def remaining(self) -> int:
        return max(0, self.limit.most - self.observed)

    @property
    def wait(self) -> int:
        """Seconds until the next window, rounded up."""
        return max(1, math.ceil(self.ends - self.now))


def read(text: str) -> Limit:
    """`600/minute` as a limit. ValueError for what is not of that form."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"must be like 600/minute, with one of {', '.join(SECONDS)}")
    return Limit(int(found[1]), SECONDS[found[2]])


def hit(limit: Limit, who: str, *, server: str = "") -> Window | None:
    """Counts one hit of `who`. `server` is Redis's address, "" for this process's own counters.

    None when Redis does not answer: nobody is shut out for that, and it is left alone for some seconds.
    """
    now = time.time()
    number = int(now // limit.seconds)
    observed = _shared(server, limit, who, number) if server else _own(limit, who, number)
    return None if observed is None else Window(limit, observed, (number + 1) * limit.seconds, now)


# In this process ------------------------------------------------------------------------------------------------------

_lock = Lock()
# By the window's length in seconds: which one it is, and the hits in it. What is over is forgotten whole.
_windows: dict[int, tuple[int, "Counter[str]"]] = {}


def _own(limit: Limit, who: str, number: int) -> int:
    with _lock:
        current, hits = _windows.get(limit.seconds, (-1, Counter[str]()))
        if current != number:
            hits = Counter()
            _windows[limit.seconds] = (number, hits)
        hits[who] += 1
        return hits[who]


def forget() -> None:
    """For tests: this process has counted nothing, and takes Redis for well."""
    with _lock:
        _windows.clear()
    _left_alone_until.clear()


# In Redis -------------------------------------------------------------------------------------------------------------

_left_alone_until: dict[str, float] = {}


@cache
def _client(server: str) -> "redis.Redis":
    return redis.Redis.from_url(
        server, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    )


def _shared(server: str, limit: Limit, who: str, number: int) -> int | None:
    if time.monotonic() < _left_alone_until.get(server, 0):
        return None
    key = f"tenon:limits:{limit.seconds}:{number}:{who}"
    try:
        counting = _client(server).pipeline(transaction=False)
        counting.incr(key)
        counting.expire(key, limit.seconds + 1)
        return int(counting.execute()[0])
    except redis.RedisError as error:
        _left_alone_until[server] = time.monotonic() + PAUSE
        logger.warning("rate limits are off for %s seconds, as Redis does not count: %s", PAUSE, error)
        return None
