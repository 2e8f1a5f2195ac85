"""Who is logged in to the console: login links that work once, sessions that end, and how often one may ask.

All of it is in memory: after a restart a new link is asked for. Of secrets only hashes are kept.
"""

import hashlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

LINK_SECONDS = 300.0
IDLE_SECONDS = 1_800.0
LONGEST_SECONDS = 8 * 3_600.0
_MOST_SESSIONS = 20
_PAGES_A_MINUTE = 120
_LOGINS_A_MINUTE = 20  # of all strangers together: nobody guesses 256 bits, and nobody keeps us busy


@dataclass(slots=True)
class Session:
    """One operator's visit; `csrf` must come along with whatever changes something."""

    admin: int
    csrf: str
    began: float
    seen: float
    asked: deque[float] = field(default_factory=deque)


class Sessions:
    """The links and sessions of one process. `seconds` only grows."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._links: dict[int, tuple[bytes, float]] = {}  # the last one of each operator
        self._sessions: dict[bytes, Session] = {}
        self._tried: deque[float] = deque()

    def invite(self, admin: int) -> str:
        """Return a code that lets `admin` in once; an earlier one of theirs works no more."""
        code = secrets.token_urlsafe(32)
        self._links[admin] = _hash(code), self._seconds() + LINK_SECONDS
        return code

    def may_try(self) -> bool:
        """Tell whether one more login may be tried now."""
        return _admits(self._tried, self._seconds(), _LOGINS_A_MINUTE)

    def enter(self, code: str) -> str | None:
        """Use a code up; return the secret of the session that it began, None where it is no good."""
        now, given = self._seconds(), _hash(code)
        for admin, (known, until) in list(self._links.items()):
            if secrets.compare_digest(known, given):
                del self._links[admin]
                return self._begin(admin, now) if now < until else None
        return None

    def _begin(self, admin: int, now: float) -> str:
        secret = secrets.token_urlsafe(32)
        self._sessions[_hash(secret)] = Session(admin, secrets.token_urlsafe(32), now, now)
        while len(self._sessions) > _MOST_SESSIONS:
            del self._sessions[min(self._sessions, key=lambda each: self._sessions[each].seen)]
        return secret

    def admin_of(self, secret: str) -> int:
        """Return whose session this is, 0 where there is none."""
        session = self.find(secret)
        return session.admin if session else 0

    def find(self, secret: str) -> Session | None:
        """Return the session with this secret, unless it ended."""
        now, key = self._seconds(), _hash(secret)
        session = self._sessions.get(key)
        if session is None:
            return None
        if now - session.seen > IDLE_SECONDS or now - session.began > LONGEST_SECONDS:
            del self._sessions[key]
            return None
        session.seen = now
        return session

    def may_ask(self, session: Session) -> bool:
        """Tell whether a session may have one more page now."""
        return _admits(session.asked, self._seconds(), _PAGES_A_MINUTE)

    def leave(self, secret: str) -> None:
        """End a session."""
        self._sessions.pop(_hash(secret), None)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def _admits(times: deque[float], now: float, most: int) -> bool:
    while times and now - times[0] >= 60:
        times.popleft()
    if len(times) >= most:
        return False
    times.append(now)
    return True
