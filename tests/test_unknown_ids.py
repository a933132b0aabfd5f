"""An id that cannot be, or is too large for the database, is not found: never a fault."""

import pytest
from django.urls import reverse

from tests.declared import PAGES

LOOKED_AT = [page for page in PAGES if page.get and page.look_as]


@pytest.mark.django_db
def test_ids_that_no_row_can_have_are_not_found(house):
    wrong = []
    for page in LOOKED_AT:
        args = page.args(house)
        if not any(isinstance(arg, int) for arg in args):
            continue
        client = house.browser(page.look_as)
        for number in (0, 2**31, 2**63, 10**30):
            odd = tuple(number if isinstance(arg, int) else arg for arg in args)
            answer = client.get(reverse(page.name, args=odd))
            if answer.status_code != 404:
                wrong.append((page.name, number, answer.status_code))
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["?before=x&after=1e9&page=-1&q=%00&show=%ff", "?before=" + "9" * 40 + "&q=%ff&page=1e9"],
)
def test_a_spoilt_query_is_never_a_fault(house, query):
    broken = []
    for page in LOOKED_AT:
        client = house.browser(page.look_as)
        answer = client.get(reverse(page.name, args=page.args(house)) + query)
        if answer.status_code >= 500:
            broken.append((page.name, answer.status_code))
    assert broken == []
