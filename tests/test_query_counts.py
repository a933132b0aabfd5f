"""Lists cost the same with 1, 10 and 1,000 rows. A list joins by `grow` in tests/declared.py."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.declared import PAGES


def statements(client, address):
    """How many statements one visit takes; one visit before warms what is kept."""
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return [entry["sql"] for entry in seen]


@pytest.mark.django_db
@pytest.mark.parametrize("page", [page for page in PAGES if page.grow], ids=lambda page: page.name)
def test_a_list_costs_the_same_at_any_length(page, house):
    address = reverse(page.name, args=page.args(house))
    client = house.browser(page.look_as)
    counts, there = [], 0
    for rows in (1, 10, 1000):
        page.grow(house, rows - there)
        there = rows
        cache.clear()
        counts.append(statements(client, address))
    sizes = [len(seen) for seen in counts]
    assert max(sizes) - min(sizes) <= page.spare, "\n".join([str(sizes), *counts[-1]])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.look_as and page.get], ids=lambda page: page.name
)
def test_a_page_keeps_to_its_budget_of_statements(page, house):
    address = reverse(page.name, args=page.args(house))
    seen = statements(house.browser(page.look_as), address)
    assert len(seen) <= page.queries, "\n".join(seen)
