"""What is measured: the pages that people open most, and what each of them must show.

A page joins here by one line. `limit` is what the machine allows for such a page (limits.py), and
`goal` the part of that limit that performance.md asks for, in processor time.
"""

import gzip
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from . import words
from .load import Answer
from .stack import Site

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CSRF = "benchbenchbenchbenchbenchbenchbe"  # 32 letters, as Django's own secrets are


@dataclass(frozen=True)
class Page:
    """`paths` are asked for in turn; `holds` is a text that each answer must hold, `status` what
    it must answer with. `often`: at most so many requests in a round, for one that writes;
    `budget`: SQL statements it may take, at any size."""

    name: str
    paths: Callable[[Site], list[str]]
    holds: str = ""
    who: str = "reader"
    status: int = 200
    limit: str = ""
    goal: float = 0.0
    headers: Callable[[Site], str] = lambda site: ""
    form: bool = False  # it is a form that is sent, with words
    often: int = 0
    budget: int = 0

    @property
    def group(self) -> str:
        """What it is chosen by: "thread, packed" comes with "thread"."""
        return self.name.partition(",")[0]

    def asker(self, site: Site) -> Callable[[int], bytes]:
        """What makes the bytes of the nth request."""
        head = f"Host: localhost\r\nUser-Agent: {BROWSER}\r\n{self.headers(site)}"
        if self.who:
            head += f"Cookie: csrftoken={CSRF}; sessionid={site.keys[self.who]}\r\n"
        paths = self.paths(site)
        if self.form:
            return lambda number: self._form(paths[number % len(paths)], head)
        ready = [f"GET {path} HTTP/1.1\r\n{head}\r\n".encode() for path in paths]
        return lambda number: ready[number % len(ready)]

    def _form(self, path: str, head: str) -> bytes:
        said = {"csrfmiddlewaretoken": CSRF, "once": str(uuid.uuid4()), "text": "A short reply."}
        body = urlencode(said).encode()
        length = (
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        )
        return f"POST {path} HTTP/1.1\r\n{head}{length}\r\n".encode() + body

    def wrong(self, answer: Answer) -> str:
        """What is wrong with an answer; nothing when it is what it should be."""
        statements = int(answer.headers.get("x-statements", 0))
        if self.budget and statements > self.budget:
            return f"{self.name} took {statements} statements, not {self.budget}"
        if answer.status != self.status:
            return f"{self.name} answered {answer.status}, not {self.status}"
        if self.holds and self.status == 200 and self.holds.encode() not in plain(answer):
            return f"{self.name} does not show {self.holds!r}"
        return ""


def plain(answer: Answer) -> bytes:
    packed = answer.headers.get("content-encoding") == "gzip"
    return gzip.decompress(answer.body) if packed else answer.body


def _threads(prefix: str) -> Callable[[Site], list[str]]:
    """Fourteen threads of fifty posts, in turns."""
    return lambda site: [f"{prefix}{pk}/" for pk in site.size.long_threads]


def _at(path: str) -> Callable[[Site], list[str]]:
    return lambda site: [path]


def _search(words: str) -> Callable[[Site], list[str]]:
    """Nothing, as long as there is no search."""
    return lambda site: (
        [f"{found}?{urlencode({'q': words})}"] if (found := site.keys["search"]) else []
    )


HERE = "/n/network-1"


def a_year_ago() -> date:
    """In UTC."""
    return (datetime.now(UTC) - timedelta(days=365)).date()


TALK = f"{HERE}/talk/"
ZIP = "Accept-Encoding: gzip, br\r\n"
PAGES = [
    Page("home", _at("/"), "New in Talk", limit="auth"),
    Page("thread", _threads(TALK), 'class="post', limit="floor", goal=0.5),
    Page("thread, packed", _threads(TALK), 'class="post', limit="floor", headers=lambda _: ZIP),
    Page("list", _at(TALK), "9 new", limit="list", goal=0.8),
    Page("session", lambda site: [f"{HERE}/sessions/{site.size.session}/"], "Session 103",
         limit="auth", goal=0.4),
    Page("schedule", _at(f"{HERE}/sessions/"), "Session 101", limit="auth", goal=0.4),
    Page("front", _at(f"{HERE}/"), "Network 1", limit="auth"),
    Page("funder", _at("/programmes/peer-networks/"), "Network 13", "funder", limit="auth",
         goal=0.3),
    Page("feed", lambda site: [site.keys["feed"]], "BEGIN:VEVENT", "", limit="feed", goal=0.9),
    Page("feed, unchanged", lambda site: [site.keys["feed"]], who="", status=304, limit="auth",
         headers=lambda site: f"If-None-Match: {site.keys['etag']}\r\n"),
    Page("search", _search(words.RARE), words.RARE, limit="auth"),
    Page("search, common", _search(words.COMMON), words.COMMON, limit="auth"),
    Page("directory", _at(f"{HERE}/people/"), "Person 1", limit="auth", budget=5),
    Page("directory, further", _at(f"{HERE}/people/?after=20"), "Person 2", limit="auth", budget=6),
    Page("members", _at(f"{HERE}/people/?sort=joined"), "Person 1", "coordinator", limit="auth",
         budget=7),
    Page("members, on a day", lambda _: [f"{HERE}/people/on/?day={a_year_ago()}"],
         "Person 1", "coordinator", limit="auth", budget=2),
    # What only a coordinator opens: all that it costs is to know who asks, and what they may.
    Page("permission", _at(f"{HERE}/people/on/"), status=403, limit="auth", budget=1),
    Page("reply", lambda site: [f"{TALK}{site.size.followed}/"], who="coordinator", status=302,
         form=True, often=20, limit="reply", goal=0.67),
]  # fmt: skip
LIMITS = [
    Page("constant", _at("/bench/constant/"), "ok", ""),
    Page("auth", _at("/auth/"), "Person 1"),
    Page("rows", _threads("/rows/"), 'class="post"'),
    Page("stored", _threads("/stored/"), 'class="post"'),
    Page("floor", _threads("/floor/"), 'class="post"'),
    Page("list", _at("/list/"), "9 new"),
    Page("feed", _at("/feed/token.ics"), "BEGIN:VEVENT", ""),
    Page("reply", lambda site: [f"/reply/{site.size.followed}/"], who="coordinator", status=302,
         form=True, often=20),
]  # fmt: skip
