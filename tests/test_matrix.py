"""The authorization matrix: every address × every role × GET, POST and fragment."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.declared import PAGES
from tests.pages import DONE, LOGIN, ROLES
from tests.world import world

BY_NAME = {page.name: page for page in PAGES}
# Served by packages, or only in demo mode (tests/peernet/demo has its own matrix).
NOT_OURS: set[str] = set()


def addresses(patterns=None):
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns)
        elif isinstance(entry, URLPattern):
            yield entry.name or str(entry.pattern)


def test_every_address_is_declared_and_every_declaration_is_an_address():
    real = set(addresses()) - NOT_OURS
    assert real == set(BY_NAME), (
        f"not declared in tests/declared.py: {sorted(real - set(BY_NAME))}; "
        f"declared but gone: {sorted(set(BY_NAME) - real)}"
    )


def test_every_declaration_names_all_eleven_roles():
    for page in PAGES:
        for expected in (page.get, page.post):
            assert expected is None or set(expected) == set(ROLES), page.name


def outcome(response):
    """What an answer means to whoever asked."""
    leads_to = response.headers.get("Location") or response.headers.get("HX-Redirect", "")
    if leads_to.startswith("/accounts/login/"):
        return LOGIN
    return str(response.status_code)


def ask(house, page, role, method, fragment):
    """One request in one role, its effects taken back."""
    client = Client(headers={"HX-Request": "true"} if fragment else {})
    client.raise_request_exception = False
    with transaction.atomic():
        if house[role]:
            client.force_login(
                house[role], backend="allauth.account.auth_backends.AuthenticationBackend"
            )
        address = reverse(page.name, args=page.args(house))
        data = page.data(house) if method == "post" else {}
        result = outcome(getattr(client, method)(address, data))
        transaction.set_rollback(True)
    return result


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_role_gets_what_is_written_and_nothing_else(page):
    house = world()
    wrong = []
    for method, expected in (("get", page.get), ("post", page.post)):
        for role in ROLES:
            for fragment in (False, True):
                # Who may not see a page gets the same answer whatever the method.
                want = expected[role] if expected else closed(page, method, role)
                got = ask(house, page, role, method, fragment)
                if got not in meaning(want):
                    wrong.append(f"{method}{' fragment' * fragment} as {role}: {got}, not {want}")
    assert not wrong, "\n".join([page.name, *wrong])


def closed(page, method, role):
    """What a method that an address does not have answers: never more than the other one."""
    other = (page.post if method == "get" else page.get)[role]
    return "405" if other in ("200", DONE) else f"405 or {other}"


def meaning(want):
    if want == DONE:
        return {"200", "302", "303", "422"}
    return set(want.split(" or ")) | ({"405"} if want.startswith("405") else set())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.get and "404" in page.get.values()],
    ids=lambda page: page.name,
)  # fmt: skip
def test_what_one_may_not_see_looks_like_what_does_not_exist(page, client):
    house = world()
    client.force_login(
        house["outsider"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    args = page.args(house)
    there = client.get(reverse(page.name, args=args))
    nowhere = client.get(reverse(page.name, args=tuple(absent(arg) for arg in args)))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert len(there.content) == len(nowhere.content)


def absent(arg):
    """Something of the same length that does not exist."""
    return 10 ** len(str(arg)) - 1 if isinstance(arg, int) else "x" * len(arg)
