"""What stands around every page costs every page: it is counted here."""

import pytest
from django.urls import reverse

from tests import cast

pytestmark = pytest.mark.django_db


def test_a_page_with_nothing_of_its_own_takes_one_statement(signed_in, django_assert_num_queries):
    """The browser's session, the person, and what they may do where: all in one."""
    ann = cast.member(cast.network("Libraries"))
    for name in ("Museums", "Hospices"):
        cast.member(cast.network(name), person=ann)
    client = signed_in(ann)
    client.get(reverse("accessibility"))
    with django_assert_num_queries(1):
        page = client.get(reverse("accessibility")).content.decode()
    places = [page.index(name) for name in ("Hospices", "Libraries", "Museums")]
    assert places == sorted(places)  # the menu, by name
