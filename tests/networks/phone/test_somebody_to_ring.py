"""Phone a peer: numbers are shown to two people who both want it, and to nobody else, ever."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from members.audit.models import AuditEntry
from members.notices.actions import send_due
from members.privacy.actions import erase
from networks.membership.actions import leave
from networks.phone import actions, queries
from networks.phone.models import PhoneCall, PhoneCount, PhoneLine
from networks.phone.tasks import tick_phone
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db
BOS, ANNS = "07700 900111", "07700 900222"


class Place:
    def __init__(self):
        self.network = cast.network("Libraries")
        self.ann = cast.member(self.network, "Ann Lee")
        self.bo = cast.member(self.network, "Bo Dale")
        self.dan = cast.coordinator(self.network)

    def page(self, person, path=""):
        return self._browser(person).get(f"/n/{self.network.slug}/phone/{path}").content.decode()

    def post(self, person, path, **data):
        return self._browser(person).post(f"/n/{self.network.slug}/phone/{path}", data)

    def _browser(self, person):
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def asked(self):
        """Bo can be rung, and Ann has asked him."""
        self.post(self.bo, "mine/", number=BOS, times="After four", topics="rotas")
        self.post(self.ann, f"{self.bo.pk}/", number=ANNS, words="Nights")
        return PhoneCall.objects.get()

    def agreed(self):
        call = self.asked()
        self.post(self.bo, f"calls/{call.pk}/agree/")
        return call

    def sees(self, person):
        """Which numbers the person sees of others: on the page, with every number of their own."""
        page = self.page(person)
        return {number for number in (BOS, ANNS) if number in page}


@pytest.fixture
def place():
    return Place()


def numbers_kept():
    """Every row of the two tables, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM networks_phoneline UNION ALL "
                       "SELECT number FROM networks_phonecall")  # fmt: skip
        return sorted(row[0] for row in cursor)


def test_numbers_are_seen_by_two_and_only_once_both_agree(place):
    call = place.asked()
    assert "After four" in place.page(place.ann)
    assert [place.sees(one) for one in (place.ann, place.bo, place.dan)] == [set(), set(), set()]
    # Not only the page: nothing that reads calls has a number before both agreed.
    for one in (place.ann, place.bo):
        assert [call.number for call in queries.calls(place.network, one)] == [""]
    place.post(place.ann, "mine/", number=ANNS, times="Any time")
    assert place.post(place.ann, f"calls/{call.pk}/agree/").status_code == 302
    assert place.sees(place.ann) == set()  # who asks cannot agree for the other
    place.post(place.bo, f"calls/{call.pk}/agree/")
    assert place.sees(place.ann) == {BOS}
    assert place.sees(place.bo) == {ANNS}
    assert place.sees(place.dan) == set()
    assert place.post(place.dan, f"calls/{call.pk}/agree/").status_code == 404


def test_letters_name_no_number_and_nothing_is_logged(place, caplog):
    before = AuditEntry.objects.count()
    with caplog.at_level("DEBUG"):
        place.agreed()
        mail.outbox.clear()
        send_due()
    said = "".join(str(one.message()) for one in mail.outbox)
    assert [one.to for one in mail.outbox] == [[place.ann.email]]  # the question was answered
    place.post(place.ann, f"{place.bo.pk}/", number=ANNS, words="Again")
    for text in (said, caplog.text):
        assert "900111" not in text
        assert "900222" not in text
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("who", ["ann", "bo"])
def test_either_of_them_ends_it_and_what_is_left_is_a_number_of_calls(place, who):
    call = place.agreed()
    place.post(getattr(place, who), f"calls/{call.pk}/end/")
    assert (place.sees(place.ann), place.sees(place.bo)) == (set(), set())
    assert not PhoneCall.objects.exists()
    assert PhoneCount.objects.get().agreed == 1
    assert [field.name for field in PhoneCount._meta.fields] == ["network", "agreed"]


def test_whoever_takes_themselves_off_the_list_takes_their_number_with_them(place):
    place.agreed()
    place.post(place.bo, "mine/off/")
    assert place.sees(place.ann) == set()
    assert numbers_kept() == []


@pytest.mark.parametrize("who", ["ann", "bo"])
def test_with_whoever_leaves_go_the_numbers_of_both(place, who):
    place.agreed()
    gone = getattr(place, who)
    leave(place.network, by=gone)
    stays = place.bo if who == "ann" else place.ann
    assert place.sees(stays) == set()
    tick_phone()
    assert not PhoneCall.objects.exists()
    assert numbers_kept() == ([BOS] if who == "ann" else [])


@pytest.mark.parametrize("who", ["ann", "bo"])
def test_with_an_account_go_the_numbers_of_both(place, who):
    place.agreed()
    gone = getattr(place, who)
    erase(gone, by=gone)
    stays = place.bo if who == "ann" else place.ann
    assert place.sees(stays) == set()
    tick_phone()
    assert not PhoneCall.objects.exists()
    assert numbers_kept() == ([BOS] if who == "ann" else [])


def test_what_is_old_is_forgotten(place):
    place.agreed()
    clock.travel(clock.now() + timedelta(weeks=4, minutes=1))
    assert place.sees(place.ann) == set()
    tick_phone()
    assert not PhoneCall.objects.exists()
    place.post(place.ann, f"{place.bo.pk}/", number=ANNS, words="Again")
    clock.travel(clock.now() + timedelta(weeks=2, minutes=1))
    place.post(place.bo, f"calls/{PhoneCall.objects.get().pk}/agree/")
    assert place.sees(place.ann) == set()
    place.post(place.ann, f"{place.bo.pk}/", number=ANNS, words="Once more")
    assert PhoneCall.objects.get().words == "Once more"


def test_nobody_rings_themselves_somebody_twice_or_who_is_not_there(place):
    place.asked()
    line = PhoneLine.objects.get()
    with pytest.raises(Refused, match="That is you"):
        actions.ask(line, number=BOS, words="Me", by=place.bo)
    with pytest.raises(Refused, match="already"):
        actions.ask(line, number=ANNS, words="Again", by=place.ann)
    assert place.post(place.ann, f"{place.dan.pk}/", number=ANNS, words="x").status_code == 404
    wrong = place.post(place.dan, f"{place.bo.pk}/", number="ring me", words="x")
    assert wrong.status_code == 422
    leave(place.network, by=place.bo)
    with pytest.raises(Refused, match="any more"):
        actions.ask(line, number=ANNS, words="x", by=place.dan)
