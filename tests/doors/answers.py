"""Every address of tests/declared.py, asked in every way that gives an answer of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.letters import signed_in
from tests.pages import DONE, OK, Page
from tests.world import ROLES, World

FRAGMENT = {"HX-Request": "true"}
HISTORY = FRAGMENT | {"HX-History-Restore-Request": "true"}
# Whoever looks is asked at the same time to go to another site, by every name for that.
ELSEWHERE = "https://evil.example/"
WAYS_OUT = dict.fromkeys(
    ["next", "to", "back", "url", "return", "redirect", "return_to", "continue"], ELSEWHERE
)
FROM = {"Referer": ELSEWHERE}


@dataclass(frozen=True)
class Answer:
    """What came of one request. `asked`: in words, for whoever reads of a failure."""

    page: Page
    role: str
    asked: str
    signed_in: bool
    got: HttpResponse


def browsers(house: World) -> dict[str, Client]:
    """A browser for each role, signed in already."""
    found = {}
    for role in ROLES:
        found[role] = signed_in(house[role]) if house[role] else Client()
        found[role].raise_request_exception = False
    return found


def looks(house: World, page: Page, path: str, by: dict[str, Client]) -> Iterator[Answer]:
    """GET by each role that may look; HEAD, and what htmx asks for, by three of them."""
    roles = may_look(page)
    for role in roles:
        ways = [("get", FROM), ("head", {}), ("get", FRAGMENT), ("get", HISTORY)]
        for way, headers in ways if role in roles[:3] else ways[:1]:
            got = getattr(by[role], way)(path, WAYS_OUT, headers=headers)
            asked = f"{way} {'+'.join(headers)}".strip()
            yield Answer(page, role, asked, bool(house[role]), got)


def may_look(page: Page) -> list[str]:
    return [role for role in ROLES if page.get and page.get[role] in (OK, DONE)]


def others(house: World, page: Page, path: str, by: dict[str, Client]) -> Iterator[Answer]:
    """One role for each other answer: looking without the right, an empty form with and without
    it, and a method that is not there. What a form does is taken back."""
    asked = [("get", role) for role in one_each(page.get) if role not in may_look(page)]
    asked += [("post", role) for role in one_each(page.post)]
    asked += [("put", "coordinator"), ("delete", "anonymous")]
    for way, role in asked:
        with transaction.atomic():
            got = getattr(by[role], way)(path)
            transaction.set_rollback(True)
        yield Answer(page, role, way, bool(house[role]), got)


def one_each(expected: dict[str, str] | None) -> list[str]:
    """The first role for each outcome; of those who are signed in where there is one."""
    found: dict[str, str] = {}
    for role in [*ROLES[1:], ROLES[0]]:
        found.setdefault((expected or {}).get(role, ""), role)
    return [role for outcome, role in found.items() if outcome]


def path_of(house: World, page: Page) -> str:
    return reverse(page.name, args=page.args(house))
