"""One organisation, however its name is typed; and who belongs to it, from when."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from members.organisations.actions import affiliate, recognise
from members.organisations.models import Affiliation, Organisation
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed", ["the octopus centre", " The  Octopus\tCentre ", "THE OCTOPUS CENTRE"]
)
def test_capitals_and_spaces_make_no_second_organisation(typed):
    first = recognise("The Octopus Centre")
    assert recognise(typed) == first
    assert Organisation.objects.get().name == "The Octopus Centre"


@pytest.mark.parametrize(
    ("one", "other"),
    [("CAFÉ", "café"), ("Straße", "STRASSE"), ("İş", "i̇ş"), ("ΟΔΟΣ", "οδος"), ("ǅ", "ǆ")],
)
def test_letters_of_other_languages_never_end_in_an_error(one, other):
    assert recognise(one) == recognise(one)
    recognise(other)
    recognise(one.lower())
    recognise(one.upper())


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_organisation():
    start = Barrier(20)

    def ask(_number):
        try:
            start.wait()
            return recognise("New Farm").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(ask, range(20)))) == 1
    assert Organisation.objects.count() == 1


def test_belonging_begins_once_and_again_after_it_ended():
    ann, farm = cast.person(), recognise("New Farm")
    first = affiliate(ann, farm)
    assert affiliate(ann, farm) == first
    first.until = clock.now()
    first.save()
    assert affiliate(ann, farm) != first
    assert Affiliation.objects.count() == 2


@pytest.mark.parametrize(("known", "typed"), [("Kirk Farm", "\u212airk Farm"), ("Oſt", "Ost")])
def test_signs_whose_capitals_and_small_letters_disagree_are_no_fault(known, typed):
    first = recognise(known)
    again = recognise(typed)
    assert recognise(known) == first
    assert recognise(typed) == again
