"""Who at a funder may see a network's figures: both sides agree, and nobody sits down uninvited."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from members.notices.actions import send_due
from members.notices.models import Notice, NoticeState
from networks.funding.models import FunderSeat, Grant
from networks.funding.queries import shared_grants, waiting_for_funder
from tests import cast
from tests.crowd import at_once

pytestmark = pytest.mark.django_db
FORM = {
    "funder": "Example Trust", "programme": "Peer Networks", "amount": "60000",
    "starts_on": "2026-01-01", "ends_on": "2027-06-30", "contact": "", "shares": "on",
}  # fmt: skip
UMA = "uma@trust.org"


def words(response):
    return " ".join(response.content.decode().split())


def entered(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def network_with_coordinator(name="Libraries"):
    place = cast.network(name)
    return place, entered(cast.coordinator(place, f"Dan of {name}"))


def add(client, place, **typed):
    return client.post(f"/n/{place.slug}/grants/new/", FORM | typed)


def letters(address):
    send_due()
    return [letter for letter in mail.outbox if letter.to == [address]]


def test_a_network_names_its_funders_person_who_comes_by_a_link_and_agrees():
    place, dan = network_with_coordinator()
    add(dan, place, contact="Uma@Trust.org")
    grant, seat = Grant.objects.get(), FunderSeat.objects.get()
    assert grant.network_agreed_at
    (letter,) = letters(UMA)
    assert f"http://localhost/funder-seats/{seat.pk}/" in letter.body

    uma = cast.person("Uma Grant", email=UMA)
    page = entered(uma).get(f"/funder-seats/{seat.pk}/")
    assert "Dan of Libraries named you as the person at Example Trust" in words(page)
    programme = grant.programme
    assert entered(uma).post(f"/funder-seats/{seat.pk}/").url == f"/programmes/{programme.slug}/"
    assert list(waiting_for_funder(programme)) == [grant]
    assert list(shared_grants(programme)) == []

    agree = f"/programmes/{programme.slug}/grants/{grant.pk}/agree/"
    for _ in range(2):
        assert entered(uma).post(agree).url == f"/programmes/{programme.slug}/"
    assert list(shared_grants(programme)) == [grant]
    assert "Example Trust sees your totals" in words(dan.get(f"/n/{place.slug}/grants/"))


def test_without_the_tick_nothing_is_shared():
    place, dan = network_with_coordinator()
    dan.post(f"/n/{place.slug}/grants/new/", {k: v for k, v in FORM.items() if k != "shares"})
    assert Grant.objects.get().network_agreed_at is None
    assert "Nobody at Example Trust sees your figures" in words(dan.get(f"/n/{place.slug}/grants/"))


def test_sharing_can_be_stopped_and_taken_up_again():
    place, dan = network_with_coordinator()
    grant = cast.grant(place)
    page = f"/n/{place.slug}/grants/{grant.pk}/sharing/"
    dan.post(page, {"shares": "0"})
    assert list(shared_grants(grant.programme)) == []
    dan.post(page, {"shares": "1"})
    assert list(shared_grants(grant.programme)) == [grant]
    assert dan.get(page).url == f"/n/{place.slug}/grants/"


def test_figures_go_to_people_the_network_did_not_name_only_once_it_has_seen_who_they_are():
    """Anybody can write any funder's name, and so sit down at it before the real one comes."""
    squatter, mallory = network_with_coordinator("Squatters")
    add(mallory, squatter, contact="mallory@evil.org")
    seat = FunderSeat.objects.get()
    entered(cast.person("Mallory Fake", email="mallory@evil.org")).post(f"/funder-seats/{seat.pk}/")

    place, dan = network_with_coordinator("Libraries")
    answer = dan.post(f"/n/{place.slug}/grants/new/", FORM, follow=True)
    grant = Grant.objects.get(network=place)
    assert grant.network_agreed_at is None
    assert "Mallory Fake, at evil.org" in words(answer)
    assert "look who, then press Share" in words(answer)

    dan.post(f"/n/{place.slug}/grants/{grant.pk}/sharing/", {"shares": "1"})
    assert list(waiting_for_funder(grant.programme).filter(network=place)) == [grant]


def test_nobody_names_themselves_as_the_funder_of_networks_that_share_already():
    place, dan = network_with_coordinator("Libraries")
    add(dan, place)
    attacker, mallory = network_with_coordinator("Attackers")
    answer = add(mallory, attacker, contact="mallory@evil.org")
    assert answer.status_code == 422
    assert "an operator has to invite them" in words(answer)
    assert not FunderSeat.objects.exists()
    assert Grant.objects.count() == 1


def test_a_funder_with_people_here_gets_no_more_from_a_network():
    programme = cast.programme()
    cast.funder_person(programme)
    place, dan = network_with_coordinator()
    answer = add(dan, place, contact="other@trust.org")
    assert answer.status_code == 422
    assert "Example Trust has people here already." in words(answer)


def test_an_operator_seats_the_people_of_a_funder_with_several_networks(capsys):
    for name in ("Libraries", "Energy"):
        add(*reversed(network_with_coordinator(name)))
    call_command("funder_seat", "example trust", "Uma@trust.org")
    call_command("funder_seat", "Example Trust", UMA)
    seat = FunderSeat.objects.get()
    assert (seat.funder.name, seat.email) == ("Example Trust", UMA)
    assert len(letters(UMA)) == 1
    for wrong in (("Example Trust", "uma"), ("Nobody’s Trust", UMA)):
        with pytest.raises(CommandError):
            call_command("funder_seat", *wrong)


def test_a_mistyped_address_is_put_right_and_the_wrong_letter_is_not_sent():
    place, dan = network_with_coordinator()
    add(dan, place, contact="uma@tursts.org")
    grant = Grant.objects.get()
    page = f"/n/{place.slug}/grants/{grant.pk}/"
    opened = dan.get(page).content.decode()
    assert 'value="uma@tursts.org"' in opened
    mark = opened.split('name="mark" value="')[1].split('"')[0]
    assert dan.post(page, FORM | {"contact": UMA, "mark": mark}).status_code == 302
    assert letters("uma@tursts.org") == []
    assert len(letters(UMA)) == 1
    assert FunderSeat.objects.get(until=None).email == UMA


def test_nobodys_mailbox_is_flooded_in_the_name_of_a_funder():
    place, dan = network_with_coordinator()
    for number in range(5):
        assert add(dan, place, funder=f"Trust {number}", contact=UMA).status_code == 302
    refused = add(dan, place, funder="Trust 6", contact=UMA)
    assert "Try again tomorrow." in words(refused)
    assert len(letters(UMA)) == 5


def test_only_the_person_who_was_asked_takes_the_seat():
    place, dan = network_with_coordinator()
    add(dan, place, contact=UMA)
    page = f"/funder-seats/{FunderSeat.objects.get().pk}/"
    for stranger in (cast.person("Oz"), cast.coordinator(place), cast.person(is_operator=True)):
        assert entered(stranger).get(page).status_code == 404
        assert entered(stranger).post(page).status_code == 404
    unproven = cast.person("Uma", email=UMA)
    unproven.emailaddress_set.update(verified=False)
    assert entered(unproven).post(page).status_code == 404
    assert Client().get(page).url == f"/accounts/login/?next={page}"
    assert FunderSeat.objects.get().person is None


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_take_one_seat():
    place, dan = network_with_coordinator()
    add(dan, place, contact=UMA)
    seat, uma = FunderSeat.objects.get(), cast.person("Uma", email=UMA)
    answers = at_once(lambda _: entered(uma).post(f"/funder-seats/{seat.pk}/").status_code)
    assert set(answers) == {302}
    assert FunderSeat.objects.get().person == uma


def test_whom_another_network_has_asked_is_seen_before_anything_is_shared():
    """Else Mallory, asked by her own network, sits down after the others have pressed Share."""
    theirs, mallory = network_with_coordinator("Somewhere else")
    add(mallory, theirs, contact="mallory@elsewhere.example")
    place, dan = network_with_coordinator()
    add(dan, place)
    assert Grant.objects.get(network=place).network_agreed_at is None
    page = words(dan.get(f"/n/{place.slug}/grants/"))
    assert "Somebody at elsewhere.example, invited on" in page
    assert "mallory" not in page


def test_a_seat_given_up_opens_nothing():
    programme = cast.programme()
    uma = cast.funder_person(programme)
    seat = FunderSeat.objects.get()
    assert entered(uma).get(f"/funder-seats/{seat.pk}/").status_code == 302
    seat.until = seat.since
    seat.save()
    assert entered(uma).get(f"/funder-seats/{seat.pk}/").status_code == 404


def test_the_funders_people_are_told_of_a_grant_that_waits_for_them():
    programme = cast.programme()
    uma = cast.funder_person(programme)
    place, dan = network_with_coordinator()
    grant = cast.grant(place, programme, network_agreed_at=None, funder_agreed_at=None)
    dan.post(f"/n/{place.slug}/grants/{grant.pk}/sharing/", {"shares": "1"})
    (letter,) = letters(uma.email)
    assert letter.subject == "Libraries shares its figures with Peer Networks Programme"


def test_a_letter_that_waits_is_not_sent_once_the_network_thought_again():
    programme = cast.programme()
    uma = cast.funder_person(programme)
    place, dan = network_with_coordinator()
    grant = cast.grant(place, programme, network_agreed_at=None, funder_agreed_at=None)
    page = f"/n/{place.slug}/grants/{grant.pk}/sharing/"
    dan.post(page, {"shares": "1"})
    dan.post(page, {"shares": "0"})
    assert letters(uma.email) == []
    assert Notice.objects.get(kind="grant_shared").state == NoticeState.DROPPED


def test_who_thinks_again_twice_is_told_of_after_all_and_once():
    programme = cast.programme()
    uma = cast.funder_person(programme)
    place, dan = network_with_coordinator()
    grant = cast.grant(place, programme, network_agreed_at=None, funder_agreed_at=None)
    page = f"/n/{place.slug}/grants/{grant.pk}/sharing/"
    dan.post(page, {"shares": "1"})
    dan.post(page, {"shares": "0"})
    assert letters(uma.email) == []
    for _ in range(3):
        dan.post(page, {"shares": "1"})
        assert len(letters(uma.email)) == 1
        dan.post(page, {"shares": "0"})


def test_another_funder_cannot_agree_and_an_unshared_grant_is_not_there():
    place, _dan = network_with_coordinator()
    grant = cast.grant(place, network_agreed_at=None, funder_agreed_at=None)
    page = f"/programmes/{grant.programme.slug}/grants/{grant.pk}/agree/"
    other = cast.funder_person(cast.programme("Other", funder="Other Trust"), "Vic")
    mine = cast.funder_person(grant.programme)
    assert entered(other).post(page).status_code == 404
    assert entered(mine).post(page).status_code == 404
    assert entered(cast.coordinator(place)).post(page).status_code == 404
    grant.refresh_from_db()
    assert grant.funder_agreed_at is None


def test_under_another_programme_the_funder_has_to_agree_anew():
    place, dan = network_with_coordinator()
    grant = cast.grant(place, cast.programme("Old", funder="Example Trust"))
    page = f"/n/{place.slug}/grants/{grant.pk}/"
    mark = dan.get(page).content.decode().split('name="mark" value="')[1].split('"')[0]
    assert dan.post(page, FORM | {"funder": "Other Trust", "mark": mark}).status_code == 302
    grant.refresh_from_db()
    assert grant.programme.funder.name == "Other Trust"
    assert grant.funder_agreed_at is None
