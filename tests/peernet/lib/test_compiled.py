"""A statement that was worked out once finds what the ORM finds, whoever asks and whenever."""

from datetime import timedelta

import pytest

from members.people.models import Person
from peernet.lib import clock, compiled
from tests import cast

pytestmark = pytest.mark.django_db


def lately(now, pk, name):
    rows = Person.objects.filter(joined_at__gt=now - timedelta(days=2), joined_at__lte=now)
    return rows.exclude(pk=pk).filter(name=name).order_by("pk").values_list("pk", "name")


def test_it_finds_what_the_orm_finds_with_other_values_each_time(travel):
    people = [cast.person(name) for name in ("Ann", "Ann", "Bo", "-4611686018427387904")]
    start = clock.now()
    found = []
    for days in (0, 1, 3, -1):
        now = start + timedelta(days=days)
        for pk in (people[0].pk, people[1].pk, 0):
            for name in ("Ann", "Bo", "-4611686018427387904", "nobody"):
                rows = compiled.rows(lately, None, now, pk, name)
                assert rows == list(lately(now, pk, name))
                found.append(len(rows))
    assert set(found) == {0, 1, 2}


def by_name(now):
    return Person.objects.filter(name=WANTED[0]).values_list("pk")


WANTED = ["Ann"]


def test_what_else_a_statement_depends_on_is_in_its_key():
    ann, bo = cast.person("Ann"), cast.person("Bo")
    now = clock.now()
    assert compiled.rows(by_name, WANTED[0], now) == [(ann.pk,)]
    WANTED[0] = "Bo"
    try:
        assert compiled.rows(by_name, WANTED[0], now) == [(bo.pk,)]
        assert compiled.rows(by_name, "Ann", now) == [(ann.pk,)]  # so it was not worked out again
    finally:
        WANTED[0] = "Ann"
