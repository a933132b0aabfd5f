"""Names, and what people tell, are found through an index, however many there are."""

import pytest
from django.db import connection

from members.people.models import Person
from networks.profiles.models import Detail
from peernet.lib.plain import holding
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rows", "field", "index"),
    [
        (Person.objects.order_by(), "name", "people_by_plain_name"),
        (Detail.objects.order_by(), "words", "details_by_words"),
    ],
)
def test_the_search_of_people_reads_an_index(rows, field, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert index in holding(rows, field, "Siân").values("pk").explain()


def test_accents_and_capitals_do_not_matter_and_a_percent_sign_is_one():
    sian = cast.person("Siân Ó’Dea")
    cast.person("Tom Lee")
    for text in ("sian", "SIÂN", "ó’d", "o’d"):
        assert holding(Person.objects.all(), "name", text).get() == sian
    assert not holding(Person.objects.all(), "name", "%").exists()
