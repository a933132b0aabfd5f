"""Whatever is typed into any form, the answer is a page with a sentence, never a fault.

A form joins by its address's row in tests/declared.py.
"""

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.urls import reverse

from tests.declared import PAGES
from tests.pages import DONE, OK

FORMS = [page for page in PAGES if page.post and {DONE, OK} & set(page.post.values())]
HOSTILE = {
    "nothing": "",
    "blanks": "  \t\n ",
    "too long": "x" * 30_000,
    "a script": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "a template": "{{ 7 * 7 }} {% raw %} ${7*7} %(name)s %s",
    "SQL": "'; DROP TABLE members_person; --",
    "control characters": "a\x00b\x07c\u202egnp.exe\ufeff",
    "a header": "Ann\r\nBcc: all@example.org",
    "a huge number": "9" * 40,
    "a negative number": "-1",
    "no date": "2027-02-30",
    "lone surrogate": "\ud800".encode("utf-8", "replace").decode(),
    "emoji and Welsh": "👩🏽‍🦼 Llanfairpwllgwyngyll ŵŷ",
}


def reader(house, page):
    """Somebody who may use the form."""
    role = next(role for role, result in page.post.items() if result in (DONE, OK))
    return house.browser(role)


def fields(client, address):
    """The names of every field on the page, or a few likely ones where there is no page."""
    answer = client.get(address, follow=True)
    named = BeautifulSoup(answer.content, "html.parser").select("main [name]")
    found = {field["name"] for field in named} - {"csrfmiddlewaretoken"}
    return sorted(found) or ["answer", "text", "kept", "once", "mark", "role"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", FORMS, ids=lambda page: page.name)
def test_no_form_breaks_whatever_is_typed(page, house):
    address = reverse(page.name, args=page.args(house))
    client = reader(house, page)
    names = fields(client, address)
    broken = []
    for what, value in HOSTILE.items():
        with transaction.atomic():
            answer = client.post(address, dict.fromkeys(names, value))
            transaction.set_rollback(True)
        if answer.status_code >= 500 or answer.status_code == 403:
            broken.append((what, answer.status_code))
        elif "<script>alert(1)" in answer.getvalue().decode(errors="replace"):
            broken.append((what, "runs"))
    assert broken == []
