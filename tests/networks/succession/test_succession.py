"""A network is never without somebody who looks after it: members are asked, and choose."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from members.access.models import Device
from members.audit.models import AuditEntry
from members.notices.actions import send_due
from networks.membership.actions import leave, remove_member, take_break
from networks.membership.queries import coordinators, spell_of
from networks.succession import actions, queries, rules
from networks.succession.models import Succession
from peernet.lib import clock
from peernet.lib.errors import Refused
from peernet.pages.actions import close_account
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    """A network whose only coordinator, Dan, was seen just now; Ann, Bo and Cal are members."""
    made = cast.network("Community Shops")
    long_ago = clock.now() - timedelta(days=400)
    made.dan = cast.coordinator(made, since=long_ago, last_login=clock.now())
    made.ann = cast.member(made, "Ann Lee", since=long_ago)
    made.bo = cast.member(made, "Bo Dale", since=long_ago + timedelta(days=9))
    made.cal = cast.member(made, "Cal Ring", since=long_ago + timedelta(days=99))
    return made


def pass_days(n):
    clock.travel(clock.now() + timedelta(days=n))
    actions.keep_time()


def asked(place):
    return Succession.objects.filter(network=place, ended_at=None).count()


def deeds(place):
    rows = AuditEntry.objects.filter(network_id=place.pk, deed__startswith="succession")
    return list(rows.order_by("pk").values_list("deed", flat=True))


def test_after_a_month_without_a_sign_of_life_members_are_asked_once(place):
    pass_days(29)
    assert not asked(place)
    pass_days(2)
    actions.keep_time()
    assert asked(place) == 1
    send_due()
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(
        one.email for one in (place.ann, place.bo, place.cal, place.dan)
    )
    assert "Who looks after it" in mail.outbox[0].subject


@pytest.mark.parametrize("sign", ["device", "audit", "answer"])
def test_any_sign_of_life_keeps_members_from_being_asked(place, sign):
    clock.travel(clock.now() + timedelta(days=25))
    if sign == "device":
        Device.objects.create(person=place.dan, session_key="d" * 32, used_on=clock.now().date())
    elif sign == "audit":
        AuditEntry.objects.create(deed="session.moved", actor=place.dan, network_id=place.pk)
    else:
        cast.session(place).answers.create(person=place.dan, reply="no", at=clock.now())
    pass_days(10)
    assert not asked(place)


def test_one_of_two_who_is_here_is_enough(place):
    cast.coordinator(place, "Eve Two", since=clock.now() - timedelta(days=99))
    Device.objects.create(
        person=coordinators(place).get(name="Eve Two"), session_key="e" * 32,
        used_on=(clock.now() + timedelta(days=30)).date(),
    )  # fmt: skip
    pass_days(40)
    assert not asked(place)


def test_a_break_of_more_than_a_month_counts_as_away(place):
    take_break(place, back_on=None, words="", by=place.dan)
    clock.travel(clock.now() + timedelta(days=31))
    Device.objects.create(person=place.dan, session_key="d" * 32, used_on=clock.now().date())
    actions.keep_time()
    assert asked(place) == 1


def test_who_has_most_voices_becomes_coordinator_and_all_is_on_the_record(place):
    pass_days(31)
    ann, bo = actions.stand(place, by=place.ann), actions.stand(place, by=place.bo)
    actions.say_yes(ann, by=place.ann)
    actions.say_yes(ann, by=place.cal)
    actions.say_yes(bo, by=place.cal)  # given to another
    actions.say_yes(bo, by=place.bo)
    pass_days(13)
    assert asked(place) == 1
    pass_days(2)
    assert not asked(place)
    assert place.bo in coordinators(place)
    assert place.ann not in coordinators(place)
    assert deeds(place) == ["succession.asked", "succession.stood", "succession.stood",
                            "succession.ended"]  # fmt: skip
    send_due()
    assert "Bo Dale looks after Community Shops" in mail.outbox[-1].body
    pass_days(0)
    assert not asked(place)


def test_with_as_many_voices_it_is_who_has_been_here_longest_and_the_letter_says_so(place):
    pass_days(31)
    for who in (place.bo, place.ann):
        actions.say_yes(actions.stand(place, by=who), by=who)
    pass_days(15)
    assert place.ann in coordinators(place)
    assert Succession.objects.get(network=place).tied == 2
    send_due()
    assert "Several had as many voices" in mail.outbox[-1].body


def test_an_organisation_has_one_voice_its_leads(place):
    for who, part in [(place.ann, "lead"), (place.bo, "deputy"), (place.cal, "deputy")]:
        cast.holds(place, who, "Octopus Centre", part=part)
    pass_days(31)
    ann, bo = actions.stand(place, by=place.ann), actions.stand(place, by=place.bo)
    for who in (place.bo, place.cal):
        actions.say_yes(bo, by=who)
    actions.say_yes(ann, by=place.ann)
    assert queries.voices_of(queries.going_on(place)) == {ann.pk: 1}


def test_who_comes_back_in_between_ends_it(place):
    pass_days(31)
    actions.say_yes(actions.stand(place, by=place.ann), by=place.ann)
    actions.come_back(place, by=place.dan)
    assert Succession.objects.get(network=place).outcome == "back"
    with pytest.raises(Refused):
        actions.stand(place, by=place.bo)
    pass_days(15)
    assert list(coordinators(place)) == [place.dan]
    assert not asked(place)


def test_signing_in_again_ends_it_by_itself(place):
    pass_days(31)
    place.dan.last_login = clock.now() + timedelta(days=1)
    place.dan.save()
    pass_days(2)
    assert Succession.objects.get(network=place).outcome == "back"


def test_with_no_voice_members_go_on_being_asked_and_the_first_yes_settles_it(place):
    pass_days(31)
    pass_days(20)
    assert asked(place) == 1
    actions.say_yes(actions.stand(place, by=place.cal), by=place.ann)
    pass_days(0)
    assert place.cal in coordinators(place)


def test_who_left_is_neither_chosen_nor_counted(place):
    pass_days(31)
    ann, bo = actions.stand(place, by=place.ann), actions.stand(place, by=place.bo)
    actions.say_yes(ann, by=place.cal)
    actions.say_yes(ann, by=place.bo)
    actions.say_yes(bo, by=place.ann)
    leave(place, by=place.ann)
    assert queries.voices_of(queries.going_on(place)) == {ann.pk: 2}
    pass_days(15)
    assert asked(place) == 1, "the one who is left has no voice"


def test_the_last_coordinator_can_neither_leave_nor_be_taken_out(place):
    with pytest.raises(Refused):
        leave(place, by=place.dan)
    with pytest.raises(Refused):
        remove_member(spell_of(place, place.dan), by=place.dan)


def test_closing_the_account_of_the_only_coordinator_starts_it_if_they_insist(place):
    address = place.dan.email
    with pytest.raises(Refused):
        close_account(address=address, by=place.dan)
    assert not asked(place)
    browser = Client()
    browser.force_login(place.dan, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get("/you/close/")
    assert "Best make somebody else coordinator" in page.content.decode()
    assert browser.post("/you/close/", {"address": address, "hand_on": "on"}).status_code == 302
    assert asked(place) == 1
    assert Succession.objects.get(network=place).gone
    assert not coordinators(place).exists()
    one = actions.stand(place, by=place.bo)
    send_due()
    letter = next(one for one in mail.outbox if "Bo Dale would" in one.subject)
    link = next(word for word in letter.body.split() if "/yes/" in word).strip("<>()")
    path = link.partition("/yes/")[2]
    stranger = Client()
    assert b"Yes, Bo Dale" in stranger.get(f"/yes/{path}").content
    assert not one.voices.exists(), "looking changes nothing"
    assert stranger.post(f"/yes/{path}").status_code == 200
    pass_days(15)
    assert list(coordinators(place)) == [place.bo]
    assert stranger.get(f"/yes/{path}").status_code == 410


def test_the_page_takes_every_press(place):
    pass_days(31)
    browser = Client()
    browser.force_login(place.bo, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = f"/n/{place.slug}/succession/"
    browser.post(url, {"press": "stand"})
    one = queries.going_on(place).candidates.get()
    browser.post(url, {"press": "yes", "candidate": one.pk})
    assert one.voices.get().person == place.bo
    assert b"Your voice" in browser.get(url).content
    browser.post(url, {"press": "step_back"})
    assert not queries.going_on(place).candidates.exists()
    assert b"Nobody has put themselves forward yet" in browser.get(url).content


def test_nobody_is_chosen_without_a_voice_and_longest_standing_breaks_ties():
    now = clock.now()
    here = {1: now, 2: now - timedelta(days=1)}
    assert rules.first_of(here, {}) == (None, [])
    assert rules.first_of(here, {1: 1, 2: 1}) == (2, [1, 2])
    assert rules.first_of(here, {1: 2, 2: 1}) == (1, [1])
