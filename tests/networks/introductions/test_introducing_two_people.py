"""Introductions: each of the two answers alone, a no is nobody's to learn, and only when both said
yes does one letter bring them together."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from members.merging.actions import _move
from members.notices.actions import send_due
from networks.introductions.models import Introduction
from networks.introductions.tasks import tick_introductions
from networks.membership.actions import leave
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db
WHY = "You both look for night staff in the valleys."


class Place:
    def __init__(self):
        self.network = cast.network("Care")
        self.cat = cast.member(self.network, "Cat Introduces")
        self.ann = cast.member(self.network, "Ann Lee")
        self.bo = cast.member(self.network, "Bo Dale")

    def _client(self, person):
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def page(self, person, query=""):
        address = f"/n/{self.network.slug}/introductions/{query}"
        return self._client(person).get(address).content.decode()

    def introduce(self, one="Ann Lee", other="Bo Dale", by=None, **more):
        said = {"one": one, "other": other, "why": WHY} | more
        return self._client(by or self.cat).post(f"/n/{self.network.slug}/introductions/", said)

    def press(self, person, answer="yes"):
        row = Introduction.objects.get()
        address = f"/n/{self.network.slug}/introductions/{row.pk}/"
        return self._client(person).post(address, {"answer": answer})

    def letters(self):
        send_due()
        sent, mail.outbox[:] = list(mail.outbox), []
        return {one.to[0]: one for one in sent}


@pytest.fixture
def place():
    return Place()


def test_both_are_asked_and_a_yes_of_both_brings_one_letter_to_each(place):
    assert place.introduce().status_code == 302
    asked = place.letters()
    assert set(asked) == {place.ann.email, place.bo.email}
    for one in asked.values():
        assert WHY in one.body
        assert not {place.ann.email, place.bo.email} & set(one.body.split())
    place.press(place.ann)
    assert place.letters() == {}
    assert place.bo.email not in place.page(place.ann)
    place.press(place.bo)
    met = place.letters()
    assert set(met) == {place.ann.email, place.bo.email}
    assert WHY in met[place.ann.email].body
    assert "Bo Dale" in met[place.ann.email].body
    assert place.bo.email in place.page(place.ann)
    assert "Introduced" in place.page(place.cat)


def test_nobody_learns_of_a_no(place):
    """The other and the introducer see after a no what they saw before it; so it stays, also when
    the other says yes."""
    place.introduce()
    place.letters()
    before = {one: _said(place.page(one)) for one in (place.bo, place.cat)}
    place.press(place.ann, "no")
    assert {one: _said(place.page(one)) for one in (place.bo, place.cat)} == before
    place.press(place.bo)
    assert _said(place.page(place.cat)) == before[place.cat]
    assert "You said yes" in place.page(place.bo)
    assert place.ann.email not in place.page(place.bo)
    assert place.letters() == {}
    Introduction.objects.update(made_at=clock.now() - timedelta(days=15))
    tick_introductions()
    assert not Introduction.objects.exists()


def _said(page):
    """A page without what differs each time it is made."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return [line for line in main.splitlines() if "csrf" not in line and "once" not in line]


def test_a_no_can_become_a_yes_until_it_is_forgotten(place):
    place.introduce()
    place.press(place.bo)
    place.press(place.ann, "no")
    assert "Yes, after all" in place.page(place.ann)
    place.press(place.ann)
    assert Introduction.objects.get().met_at


def test_it_is_nobody_elses(place):
    place.introduce()
    dan = cast.coordinator(place.network)
    assert WHY not in place.page(dan)
    assert place.press(dan).status_code == 404


def test_the_introducer_can_take_it_back_until_both_said_yes(place):
    place.introduce()
    place.press(place.cat)
    assert not Introduction.objects.exists()
    assert place.letters() == {}
    place.introduce()
    place.press(place.ann)
    place.press(place.bo)
    place.press(place.cat)
    assert Introduction.objects.get().met_at


def test_who_has_left_is_not_introduced(place):
    place.introduce()
    leave(place.network, by=place.bo)
    assert place.letters() == {}
    assert WHY not in place.page(place.ann)
    tick_introductions()
    assert not Introduction.objects.exists()


def test_a_name_that_is_not_clear_is_asked_back(place):
    cast.member(place.network, "Bo Dale", organisation="Otley Hub")
    page = place.introduce(other="Bo Dale")
    assert page.status_code == 422
    assert "Otley Hub" in page.content.decode()
    assert WHY in page.content.decode()
    assert place.introduce(other="Bo Dael", other_pick="").status_code == 422
    place.introduce(other="Bo Dale", other_pick=place.bo.pk)
    assert Introduction.objects.get().beside(place.ann.pk) == place.bo
    nobody = place.introduce(other="Xylophone")
    assert "Nobody else here is called that" in nobody.content.decode()
    assert 'value="Ann Lee"' in place.page(place.cat, f"?person={place.ann.pk}")


def test_twice_themselves_and_oneself_are_refused(place):
    place.introduce()
    for pair in (("Bo Dale", "Ann Lee"), ("Ann Lee", "Ann Lee"), ("Cat Introduces", "Ann Lee")):
        assert place.introduce(*pair).status_code == 422, pair
    assert Introduction.objects.count() == 1


def test_the_database_refuses_who_did_not_agree(place):
    place.introduce()
    row = Introduction.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Introduction.objects.filter(pk=row.pk).update(met_at=clock.now(), one_agrees=True)


def test_when_the_two_turn_out_to_be_one_person_it_is_gone(place):
    """Also when whoever introduced is one of them; of others it goes with who stays."""
    place.introduce()
    place.introduce("Cat Introduces", by=place.ann)
    old = cast.member(place.network, "Ann Again")
    place.introduce("Ann Again", by=place.cat)
    _move(Introduction, Introduction.personal.merge, ["one", "other", "by"], place.ann, place.bo)
    rows = Introduction.objects.all()
    assert [(row.by, {row.one, row.other}) for row in rows] == [(place.cat, {place.ann, old})]
