"""Who sees a funder's page: colleagues invited, asked again and sent away; both sides may stop."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from members.audit.models import AuditEntry
from members.notices.actions import send_due
from networks.funding.models import FunderSeat
from networks.funding.queries import invited_by, seat_for
from peernet.lib import clock
from tests import cast
from tests.crowd import at_once

pytestmark = pytest.mark.django_db
VIC = "vic@trust.org"


def entered(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def support():
    return cast.programme()


@pytest.fixture
def place(support):
    made = cast.network("Libraries", slug="libraries")
    cast.grant(made, support)
    return made


@pytest.fixture
def uma(support):
    return entered(cast.funder_person(support, "Uma Grant"))


def page(support):
    return f"/programmes/{support.slug}/people/"


def invite(client, support, email=VIC):
    return client.post(page(support), {"email": email}, follow=True)


def words(answer):
    return " ".join(answer.content.decode().split())


def test_a_colleague_is_invited_comes_and_sees_what_they_see(support, place, uma):
    assert f"We are writing to {VIC}" in words(invite(uma, support, " Vic@Trust.org"))
    send_due()
    (letter,) = mail.outbox
    assert letter.to == [VIC]
    assert "Uma Grant sees the figures of what Example Trust supports" in letter.body
    assert "Has not come yet" in words(uma.get(page(support)))
    seat = FunderSeat.objects.get(email=VIC)
    vic = entered(cast.person("Vic Fund", email=VIC))
    assert vic.get(f"/programmes/{support.slug}/").status_code == 404
    vic.post(f"/funder-seats/{seat.pk}/")
    assert vic.get(f"/programmes/{support.slug}/").status_code == 200
    assert "Vic Fund" in words(uma.get(page(support)))
    dan = entered(cast.coordinator(place))
    assert "Vic Fund, at trust.org" in words(dan.get("/n/libraries/grants/")), "coordinators see it"


def test_inviting_twice_asks_once_and_a_wrong_address_gets_a_sentence(support, uma):
    for _ in range(2):
        invite(uma, support)
    assert FunderSeat.objects.filter(email=VIC).count() == 1
    answer = invite(uma, support, "vic at trust")
    assert answer.status_code == 422
    assert "Enter an email address like name@example.org." in words(answer)
    assert 'value="vic at trust"' in words(answer)


def test_nobodys_address_is_a_target(support, uma):
    for n in range(5):
        invite(uma, support, f"vic{n}@trust.org")
    assert "You invited several people today" in words(invite(uma, support, "one-more@trust.org"))


def test_somebody_sent_away_sees_nothing_from_that_moment_and_can_be_invited_again(support, uma):
    vic = cast.funder_person(support, "Vic Fund", email=VIC)
    theirs = entered(vic)
    assert theirs.get(f"/programmes/{support.slug}/").status_code == 200
    seat = FunderSeat.objects.get(person=vic)
    for _ in range(2):
        answer = uma.post(f"{page(support)}{seat.pk}/end/", follow=True)
    assert "sees this page no longer" in words(answer)
    assert "Sees nothing any more" in words(answer)
    for address in ("", "people/", "tables/months/"):
        assert theirs.get(f"/programmes/{support.slug}/{address}").status_code == 404
    assert AuditEntry.objects.filter(deed="funder_seat.withdrawn").exists()
    invite(uma, support)
    again = FunderSeat.objects.get(email=VIC, until=None)
    assert (again.pk, again.person) != (seat.pk, vic)
    send_due()
    assert [letter.to for letter in mail.outbox] == [[VIC]]


def test_an_invitation_taken_back_before_its_letter_left_is_never_sent(support, uma):
    invite(uma, support)
    seat = FunderSeat.objects.get(email=VIC)
    uma.post(f"{page(support)}{seat.pk}/end/")
    send_due()
    assert mail.outbox == []
    vic = entered(cast.person("Vic Fund", email=VIC))
    assert vic.get(f"/funder-seats/{seat.pk}/").status_code == 404


def test_the_last_one_stays_until_somebody_else_is_there(support, uma):
    mine = FunderSeat.objects.get()
    invite(uma, support)
    answer = uma.post(f"{page(support)}{mine.pk}/end/", follow=True)
    assert "You are the last one here." in words(answer)
    assert uma.get(page(support)).status_code == 200
    cast.funder_person(support, "Vic Fund")
    assert uma.post(f"{page(support)}{mine.pk}/end/").url == "/"
    assert uma.get(page(support)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_each_other_away_one_stays(support):
    people = [cast.funder_person(support, name) for name in ("Uma Grant", "Vic Fund")]
    seats = [FunderSeat.objects.get(person=one) for one in people]

    def press(n):
        return entered(people[n]).post(f"{page(support)}{seats[1 - n].pk}/end/").status_code

    at_once(press, 2)
    assert FunderSeat.objects.filter(until=None).count() == 1


def test_who_has_not_come_is_written_to_again_but_not_at_once_and_not_for_ever(
    support, uma, travel
):
    invite(uma, support)
    seat = FunderSeat.objects.get(email=VIC)
    ask = f"{page(support)}{seat.pk}/ask/"
    assert "We wrote to vic@trust.org today" in words(uma.post(ask, follow=True))
    start = clock.now()
    for days in (2, 4):
        travel(start + timedelta(days=days))
        assert "We are writing to vic@trust.org" in words(uma.post(ask, follow=True))
    travel(start + timedelta(days=6))
    assert "We wrote to vic@trust.org three times" in words(uma.post(ask, follow=True))
    send_due()
    assert len(mail.outbox) == 3


def test_a_seat_of_another_funder_is_not_found(support, uma):
    other = cast.programme("Other", funder="Other Trust")
    vic = cast.funder_person(other, "Vic Other")
    seat = FunderSeat.objects.get(person=vic)
    for deed in ("ask", "end"):
        assert uma.post(f"{page(support)}{seat.pk}/{deed}/").status_code == 404
    seat.refresh_from_db()
    assert seat.until is None


def test_an_operator_ends_even_the_last_seat(support, capsys):
    uma = cast.funder_person(support)
    call_command("funder_seat", "example trust", uma.email, "--end")
    assert "no longer sits for Example Trust" in capsys.readouterr().out
    assert entered(uma).get(page(support)).status_code == 404
    with pytest.raises(CommandError):
        call_command("funder_seat", "Example Trust", uma.email, "--end")


# --- Both sides may stop -------------------------------------------------------------------------


def test_the_funder_takes_a_network_off_its_page_at_once_and_may_agree_anew(support, place, uma):
    grant = place.grants.get()
    programme = f"/programmes/{support.slug}/"
    agree = f"{programme}grants/{grant.pk}/agree/"
    assert "1 network, since" in words(uma.get(programme))
    assert "has left your page" in words(uma.post(agree, {"agrees": "0"}, follow=True))
    answer = words(uma.get(programme))
    assert "No figures yet" in answer
    assert "Waiting for your agreement" in answer
    dan = entered(cast.coordinator(place))
    assert "sees your totals once its people agree too" in words(dan.get("/n/libraries/grants/"))
    log = words(dan.get("/n/libraries/log/"))
    assert "took this network off a programme’s page, for the funder" in log
    uma.post(agree)
    assert "1 network, since" in words(uma.get(programme))


def test_the_network_stops_and_the_page_and_its_files_change_at_once(support, place, uma):
    dan = entered(cast.coordinator(place))
    programme = f"/programmes/{support.slug}/"
    assert uma.get(f"{programme}tables/networks/").status_code == 200
    dan.post(f"/n/libraries/grants/{place.grants.get().pk}/sharing/", {"shares": "0"})
    assert "No figures yet" in words(uma.get(programme))
    assert uma.get(f"{programme}tables/networks/").status_code == 404


def test_to_share_is_to_choose_it(place):
    dan = entered(cast.coordinator(place))
    form = words(dan.get("/n/libraries/grants/new/"))
    box = form.split('name="shares"')[1].split(">")[0]
    assert "checked" not in box


def test_a_seat_is_shown_to_who_sits_on_it_or_was_asked_and_has_not_been_overtaken(support):
    asked = cast.person("Vic", email=VIC)
    seat = FunderSeat.objects.create(funder=support.funder, email=VIC)
    assert seat_for(asked, seat.pk) == seat
    assert seat_for(cast.person(), seat.pk) is None
    FunderSeat.objects.filter(pk=seat.pk).update(person=cast.person("Wim"), since=clock.now())
    assert seat_for(asked, seat.pk) is None


def test_of_whom_one_asked_only_one_s_own_colleagues_count(support, place):
    uma = cast.person("Uma")
    before = clock.now() - timedelta(hours=1)
    seats = [
        FunderSeat(funder=support.funder, email=f"{n}@x.org", invited_at=clock.now(), **by)
        for n, by in enumerate([
            {"invited_by": uma}, {"invited_by": uma, "invited_for": place},
            {"invited_by": cast.person("Wim")},
        ])
    ]  # fmt: skip
    FunderSeat.objects.bulk_create(seats)
    assert invited_by(uma, before) == 1
