"""The authorization matrix: every address × every role × GET, HEAD, POST, fragment, and what comes
back from the browser's history. Addresses are walked from the URLconf: those of an API, under
whatever namespace, join by themselves."""

import re

import pytest
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, include, path, reverse

from tests.declared import PAGES
from tests.pages import DONE, LOGIN, ROLES

BY_NAME = {page.name: page for page in PAGES}
# Served by packages, or only in demo mode (tests/peernet/demo has its own matrix).
NOT_OURS: set[str] = set()


HTMX = {"HX-Request": "true"}
HISTORY = HTMX | {"HX-History-Restore-Request": "true"}
WRITES = re.compile(r"^\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.I)
# What reading moves: who is signed in where, and how far somebody has read.
READING = {"django_session", "members_device", "networks_readmark"}


def addresses(patterns=None, space=""):
    """The name of every address, with its namespace; an address without a name by its pattern."""
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            inside = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry.url_patterns, inside)
        elif isinstance(entry, URLPattern):
            yield space + (entry.name or str(entry.pattern))


def test_every_address_is_declared_and_every_declaration_is_an_address():
    real = set(addresses()) - NOT_OURS
    assert real == set(BY_NAME), (
        f"not declared in tests/declared.py: {sorted(real - set(BY_NAME))}; "
        f"declared but gone: {sorted(set(BY_NAME) - real)}"
    )


def test_an_address_of_an_api_is_walked_like_any_other():
    """The walk's own test: an address in a namespace, and one that has no name."""

    def view(_request):
        return None

    api = ([path("threads/", view, name="thread"), path("raw/", view)], "api")
    assert [*addresses([path("api/", include(api))])] == ["api:thread", "api:raw/"]
    assert not set(addresses([path("api/", include(api))])) & set(BY_NAME)


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


def address_of(page, house):
    """Where the page is. Made once for all requests of a test, which takes it back at its end:
    what some addresses name is dear, a packed network or a key."""
    return reverse(page.name, args=page.args(house))


def ask(house, address, role, method, headers=None, data=None):
    """One request in one role, its effects taken back."""
    client = house.browser(role, **headers or {})
    with transaction.atomic():
        answer = getattr(client, method)(address, data or {})
        transaction.set_rollback(True)
    return answer


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_role_gets_what_is_written_and_nothing_else(page, house):
    wrong, address = [], address_of(page, house)
    for method, expected in (("get", page.get), ("post", page.post)):
        data = page.data(house) if method == "post" else {}
        for role in ROLES:
            for headers in (None, HTMX):
                # Who may not see a page gets the same answer whatever the method.
                want = expected[role] if expected else closed(page, method, role)
                got = outcome(ask(house, address, role, method, headers, data))
                if got not in meaning(want):
                    what = f"{method}{' fragment' * bool(headers)}"
                    wrong.append(f"{what} as {role}: {got}, not {want}")
    assert not wrong, "\n".join([page.name, *wrong])


@pytest.mark.django_db
@pytest.mark.parametrize("page", [one for one in PAGES if one.get], ids=lambda page: page.name)
def test_head_and_history_give_no_more_than_the_page(page, house):
    """HEAD says what GET says, without a word; what a browser restores from its history is the
    whole page with its checks, never a fragment."""
    wrong, address = [], address_of(page, house)
    for role in ROLES:
        head = ask(house, address, role, "head")
        if outcome(head) not in meaning(page.get[role]) or head.getvalue():
            wrong.append(f"HEAD as {role}: {outcome(head)}, not {page.get[role]}")
    role = next((one for one in ROLES if page.get[one] == "200"), "outsider")
    back = ask(house, address, role, "get", HISTORY)
    if outcome(back) not in meaning(page.get[role]):
        wrong.append(f"history as {role}: {outcome(back)}, not {page.get[role]}")
    html = back.headers.get("Content-Type", "").startswith("text/html")
    if html and back.status_code == 200 and b"</html>" not in back.content:
        wrong.append(f"history as {role}: only a fragment")
    assert not wrong, "\n".join([page.name, *wrong])


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_other_methods_do_nothing(page, house):
    """PUT, PATCH and DELETE are refused, or no more than a look: nothing is written by them."""
    allowed = page.get or page.post
    role = next((one for one in ROLES if allowed[one] in ("200", DONE)), "member")
    written, address = [], address_of(page, house)

    def listen(execute, sql, params, many, context):
        found = WRITES.match(sql)
        if found and found[2] not in READING:
            written.append(found[2])
        return execute(sql, params, many, context)

    for method in ("put", "patch", "delete"):
        client = house.browser(role)
        with transaction.atomic():
            with connection.execute_wrapper(listen):
                answer = getattr(client, method)(address)
            transaction.set_rollback(True)
        seen = meaning(page.get[role]) if page.get else set()
        assert outcome(answer) in {"405", *seen}, (page.name, method, outcome(answer))
        assert not written, (page.name, method, written)


def closed(page, method, role):
    """What a method that an address does not have answers: never more than the other one."""
    other = (page.post if method == "get" else page.get)[role]
    return "405" if other in ("200", DONE) else f"405 or {other}"


def meaning(want):
    if want == DONE:
        return {"200", "302", "303", "422"}
    return set(want.split(" or ")) | ({"405"} if want.startswith("405") else set())
