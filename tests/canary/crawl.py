"""Everything that leaves the house, as each role meets it; of each document its words are kept."""

import io
import json
import logging
import re
import zipfile
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape

from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from peernet.lib.logs import Line
from tests.declared import PAGES
from tests.pages import DONE, OK
from tests.world import ROLES

from .paint import WORD, Canary

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LINK = re.compile(r'(?:href|hx-get|src)="(/[^"#]*)')
NOT_FOLLOWED = ("/static/", "/source/", "/accounts/logout/")
FURTHER = {"kind": "csv", "press": "next", "step": "check", "answer": "yes"}
NOWHERE = {"anonymous", "outsider", "invited", "former", "operator"}
MOST_LINKS = 900  # of one role: a world that has more of them should be a smaller one
MOST_WAYS = 10  # of one page, with other words behind its question mark: filters multiply
TOKEN = 20  # letters: a longer argument is a secret that names who opens it
COME_IN = {"left", "join", "funder_seat"}  # who presses there, is in: what follows is for members
HEADERS = ("Location", "HX-Redirect", "HX-Location", "HX-Trigger", "Content-Disposition", "Link",
           "Set-Cookie")  # fmt: skip


@dataclass(frozen=True)
class Where:
    """Where a word was met: "page", "file", "mail", "log" …, and the address's name or the kind."""

    channel: str
    name: str
    what: str = ""


@dataclass
class Met:
    """Which role met which word where; and how many documents were read."""

    canaries: list[Canary]
    seen: dict[tuple[str, str], set[Where]] = field(default_factory=lambda: defaultdict(set))
    documents: int = 0
    broken: set[str] = field(default_factory=set)

    def __post_init__(self):
        self.by_word = defaultdict(list)
        for one in self.canaries:
            self.by_word[one.word].append(one)
        words = {one.word for one in self.canaries}
        self.words = {word for word in words if WORD.fullmatch(word)}
        self.secrets = sorted(words - self.words)

    def read(self, role: str, where: Where, text: str, asked: str = "", by: str = "") -> None:
        """Look through one document that the role got; what it `asked` for it knew before. `by`:
        who opened somebody's link; what they may meet anyhow is not the link's doing."""
        self.documents += 1
        text = text.lower()
        found = self.words.intersection(WORD.findall(text)).difference(WORD.findall(asked))
        found.update(one for one in self.secrets if one in text and one not in asked.lower())
        for word in found:
            own = by and any(by in one.allowed for one in self.by_word[word])
            self.seen[word, by if own else role].add(where)


def written_out(response) -> str:
    """All that an answer says: its headers, and its content whatever it is packed in."""
    said = [f"{name}: {response.headers[name]}" for name in HEADERS if name in response.headers]
    said += [one.OutputString() for key, one in response.cookies.items() if key != "sessionid"]
    kind = response.headers.get("Content-Type", "")
    return "\n".join([*said, unpacked(response.getvalue(), kind)])


def unpacked(data: bytes, kind: str = "") -> str:
    """Content as text: a zip file or workbook with all its parts, a calendar unfolded."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            return "\n".join(f"{one}\n{unpacked(bundle.read(one))}" for one in bundle.namelist())
    text = data.decode("utf-8", "replace")
    if kind.startswith("text/calendar"):
        return re.sub(r"\r?\n[ \t]", "", text)
    if kind == "application/json":
        return json.dumps(json.loads(text), ensure_ascii=False)
    return unescape(text)


class Visitor:
    """One role with a browser of its own."""

    def __init__(self, role: str, person, met: Met):
        self.role, self.met, self.been = role, met, set()
        self.client, self.found, self.ways = Client(), [], Counter()
        self.client.raise_request_exception = False
        if person:
            self.client.force_login(person, backend=BACKEND)

    def get(self, path: str, name: str, role: str = "", **headers):
        """Look at an address, and note its links."""
        self.been.add(path)
        return self._take(self.client.get(path, headers=headers), name, role, "get")

    def post(self, path: str, name: str, data: dict, role: str = ""):
        """Send a form, read the answer and where it leads, and take all of it back."""
        cookies = self.client.cookies.copy()
        with transaction.atomic():
            answer = self._take(self.client.post(path, data), name, role, "post")
            onward = answer.headers.get("Location", "")
            if (
                onward.startswith("/")
                and not onward.startswith("/accounts/")
                and name not in COME_IN
            ):
                self._take(self.client.get(onward), _name(onward), role, "after post")
            transaction.set_rollback(True)
        self.client.cookies = cookies
        return answer

    def follow(self) -> None:
        """Every link that was met, and those met there."""
        while self.found and len(self.been) < MOST_LINKS:
            path = self.found.pop()
            bare = path.split("?")[0]
            if bare in NOT_FOLLOWED or path.startswith(NOT_FOLLOWED[0]) or path in self.been:
                continue
            self.ways[bare] += 1
            if self.ways[bare] <= MOST_WAYS and (name := _name(path)):
                self.get(path, name, "holder" if _by_token(bare) else "")
        assert len(self.been) < MOST_LINKS, f"as {self.role} much is left unseen"

    def _take(self, answer, name: str, role: str, what: str):
        kind = answer.headers.get("Content-Type", "")
        channel = "page" if kind.startswith("text/html") else "file"
        text = written_out(answer)
        if answer.status_code >= 500:
            self.met.broken.add(name)
        asked = f"{answer.request['PATH_INFO']}?{answer.request['QUERY_STRING']}"
        if not (name in COME_IN and answer.status_code == 302):
            where = Where(channel, name, what)
            self.met.read(role or self.role, where, text, asked, self.role if role else "")
        if channel == "page" and answer.status_code == 200:
            self.found += sorted({*map(unescape, LINK.findall(text))} - self.been)
        return answer


def _by_token(path: str) -> bool:
    return any(len(part.removesuffix(".ics")) > TOKEN for part in path.split("/"))


def _name(path: str) -> str:
    try:
        return resolve(path.split("?")[0]).view_name
    except Resolver404:
        return ""


def visit_everything(land, args: dict, met: Met) -> dict[str, Visitor]:
    """Every declared address as every role, with what is in either network; then all links."""
    visitors = {role: Visitor(role, land.care[role], met) for role in ROLES}
    for role, visitor in visitors.items():
        for page in PAGES:
            if page.name != "source" or role == "anonymous":
                _visit(visitor, page, args)
        visitor.follow()
    return visitors


def _visit(visitor: Visitor, page, args: dict) -> None:
    mine = "libraries" if visitor.role in ("other_coordinator", "other_funder") else "care"
    # To who is in neither network, one is as foreign as the other.
    for place in ("care",) if visitor.role in NOWHERE else ("care", "libraries"):
        given = args[place][page.name]
        path = reverse(page.name, args=given)
        if path in visitor.been:
            continue
        role = "holder" if _by_token(path) else ""
        answer = visitor.get(path, page.name, role)
        if "HX-Request" in answer.headers.get("Vary", ""):
            visitor.get(path, page.name, role, HX_Request="true")
        elif place != mine and len(given) > 1:
            # A thing of the other network under the address of one's own.
            mixed = (args[mine][page.name][0], *given[1:])
            visitor.get(reverse(page.name, args=mixed), page.name, role)
        # By whom it is not for, only where there is no page to look at: matrix and mixed ids
        # ask the rest.
        if page.post and (page.post[visitor.role] in (DONE, OK) or not page.get) and place == mine:
            _press(visitor, page, path, role)


def _press(visitor: Visitor, page, path: str, role: str) -> None:
    """The form sent empty, and with what leads a step further."""
    last = [role for role, said in page.post.items() if said in (DONE, OK)][-1:]
    for data in ({}, FURTHER) if visitor.role in last else ({},):
        visitor.post(path, page.name, data, role)


def searches(visitor: Visitor, args: dict) -> list[str]:
    """The addresses of the role's own world at which something can be searched for."""
    found = []
    for page in PAGES:
        if page.get and page.get[visitor.role] == OK:
            path = reverse(page.name, args=args["care"][page.name])
            if 'name="q"' in visitor.client.get(path).getvalue().decode("utf-8", "replace"):
                found.append(path)
    return found


@contextmanager
def listening(met: Met):
    """Whatever any logger writes meanwhile, as its line stands in the log."""
    handler, root = logging.Handler(), logging.getLogger()
    handler.setFormatter(Line())
    handler.emit = lambda record: met.read("log", Where("log", record.name), handler.format(record))
    level, celery = root.level, logging.getLogger("celery")
    before = celery.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    celery.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        celery.setLevel(before)
