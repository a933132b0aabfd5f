"""Those who were there write down what it was about; everybody in the network reads it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from members.audit.models import AuditEntry
from peernet.lib import clock
from sessions.attendance.models import Attendance
from sessions.cadence.models import SessionState
from sessions.follow_up.models import Notes
from sessions.meetings.actions import answer
from tests import cast
from tests.crowd import at_once


@pytest.fixture
def place(db):
    return cast.network()


@pytest.fixture
def past(place):
    return cast.session(place, starts=clock.now() - timedelta(days=2))


@pytest.fixture
def fay(place):
    return cast.facilitator(place)


def address(session):
    return reverse("session_notes", args=[session.network.slug, session.pk])


def write(browser, session, text, was=0):
    return browser.post(address(session), {"text": text, "was": was}, follow=True)


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def words(response):
    return " ".join(page(response).main.get_text(" ").split())


def test_notes_are_written_in_markdown_and_read_on_the_sessions_page(signed_in, place, past, fay):
    shown = write(signed_in(fay), past, "We spoke of **rent**.\n\n<script>alert(1)</script>")
    said = page(shown).find(id="notes").find(class_="said")
    assert said.strong.get_text() == "rent"
    assert not said.find("script")
    assert "Fay Okoro wrote in it last" in words(shown)
    ann = signed_in(cast.member(place))
    seen = ann.get(past.get_absolute_url())
    assert "We spoke of rent" in words(seen)
    assert not page(seen).find("a", href=address(past))
    trail = AuditEntry.objects.get(deed="notes.written")
    assert (trail.actor_id, trail.about_id) == (fay.pk, past.pk)
    assert "rent" not in str(trail.detail)


def test_who_was_there_or_had_said_yes_or_led_it_may_write(signed_in, place, past):
    came, coming, led, absent = (cast.member(place, f"Member {n}") for n in range(4))
    Attendance.objects.create(session=past, person=came, source="tick")
    coming.answers.create(session=past, reply="yes")
    type(past).objects.filter(pk=past.pk).update(facilitator=led)
    for person, status in ((came, 200), (coming, 200), (led, 200), (absent, 403)):
        assert signed_in(person).get(address(past)).status_code == status
    absent.answers.create(session=past, reply="no")
    assert signed_in(absent).post(address(past), {"text": "I"}).status_code == 403
    assert not Notes.objects.exists()


def test_notes_can_be_written_while_it_goes_on_and_not_before(signed_in, place, fay, travel):
    session = cast.session(place, starts=clock.now() + timedelta(hours=1))
    answer(session, fay, "yes", by=fay)
    assert signed_in(fay).get(address(session)).status_code == 403
    assert "What we agreed" not in words(signed_in(fay).get(session.get_absolute_url()))
    travel(session.starts_at + timedelta(minutes=10))
    assert "So far" in words(write(signed_in(fay), session, "So far"))


@pytest.mark.parametrize("state", ["cancelled", "tentative", "missed"])
def test_there_are_no_notes_of_what_did_not_happen(signed_in, place, fay, state):
    past = cast.session(
        place, starts=clock.now() - timedelta(days=2), state=state, settled_at=clock.now()
    )
    assert signed_in(fay).get(address(past)).status_code == 403
    assert "What we agreed" not in words(signed_in(fay).get(past.get_absolute_url()))


def test_a_cohorts_notes_are_for_the_cohort_and_who_runs_the_network(signed_in, place, fay):
    cohort = place.cohorts.create(name="Cohort 2", starts_on=clock.today(place.zone))
    past = cast.session(place, starts=clock.now() - timedelta(days=2), cohort=cohort)
    write(signed_in(fay), past, "Only for us")
    inside, outside = cast.member(place, "Ines", cohort=cohort), cast.member(place, "Otis")
    assert "Only for us" in words(signed_in(inside).get(past.get_absolute_url()))
    assert signed_in(outside).get(past.get_absolute_url()).status_code == 404
    assert signed_in(outside).get(address(past)).status_code == 404


# --- No word is lost -----------------------------------------------------------------------------


def test_who_writes_over_somebody_elses_words_is_shown_them_first(signed_in, place, past, fay):
    dan = cast.coordinator(place)
    write(signed_in(fay), past, "Fay’s words")
    refused = write(signed_in(dan), past, "Dan’s words", was=0)
    assert refused.status_code == 422
    assert "Somebody else changed the notes while you were writing." in words(refused)
    assert page(refused).main.find("pre").get_text() == "Fay’s words"
    assert page(refused).find("textarea").get_text().strip() == "Dan’s words"
    assert Notes.objects.get().text == "Fay’s words"
    was = page(refused).find("input", {"name": "was"})["value"]
    write(signed_in(dan), past, "Fay’s words and Dan’s", was=was)
    assert Notes.objects.get().text == "Fay’s words and Dan’s"


def test_the_same_words_again_change_nothing(signed_in, past, fay):
    write(signed_in(fay), past, "We met.")
    shown = write(signed_in(fay), past, "We met.")
    assert shown.status_code == 200
    assert Notes.objects.get().version == 1
    assert AuditEntry.objects.filter(deed="notes.written").count() == 1


def test_what_is_too_long_comes_back_whole(signed_in, past, fay):
    long = "word " * 4_100
    refused = write(signed_in(fay), past, long)
    assert refused.status_code == 422
    assert page(refused).find("textarea").get_text().strip() == long.strip()


def test_notes_without_words_are_asked_for_some(signed_in, past, fay):
    refused = write(signed_in(fay), past, "  \n ")
    assert "Write some words before you save." in words(refused)
    assert not Notes.objects.exists()


def test_what_was_typed_waits_for_a_sign_in_that_ran_out(client, signed_in, past, fay):
    client.post(address(past), {"text": "Long thoughts", "was": 0})
    shown = signed_in(fay).get(address(past))
    assert page(shown).find("textarea").get_text().strip() == "Long thoughts"
    assert page(shown).find("input", {"name": "was"})["value"] == "0"


@pytest.mark.django_db(transaction=True)
def test_of_ten_first_writers_at_once_one_is_kept_and_nine_are_shown_it(place, past, client):
    people = [cast.facilitator(place, f"Writer {n}") for n in range(10)]
    browsers = [type(client)() for _one in people]
    for browser, person in zip(browsers, people, strict=True):
        browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    press = lambda n: browsers[n].post(address(past), {"text": f"Words {n}", "was": 0})  # noqa: E731
    said = sorted(answer.status_code for answer in at_once(press, 10))
    assert said == [302] + [422] * 9
    assert Notes.objects.get().version == 1


# --- The page after ------------------------------------------------------------------------------


def test_the_page_after_says_what_came_of_it_and_when_the_next_one_is(signed_in, place, past):
    ann = cast.member(place)
    later = cast.session(place, title="Next one")
    Attendance.objects.create(session=past, person=ann, source="tick", minutes=80)
    shown = signed_in(ann).get(past.get_absolute_url())
    assert "You were there for 80 minutes" in words(shown)
    assert "people were there" not in words(shown), "a count of one is nobody else's"
    assert page(shown).find("a", href=later.get_absolute_url())
    calendar = reverse("session_calendar", args=[place.slug, later.pk])
    assert page(shown).find("a", href=calendar).get_text() == "Add to my calendar"
    for number in range(6):
        other = cast.member(place, f"Member {number}")
        Attendance.objects.create(session=past, person=other, source="tick")
    shown = words(signed_in(ann).get(past.get_absolute_url()))
    assert "About 5 people were there" in shown
    assert "Member 3" not in shown


def test_the_list_of_sessions_says_where_there_are_notes(signed_in, place, past, fay):
    browser = signed_in(fay)
    write(browser, past, "We met.")
    new = reverse("agreed_new", args=[place.slug, past.pk])
    browser.post(new, {"what": "Share the agreement"})
    browser.post(new, {"what": "Meet the council"})
    listed = words(browser.get(reverse("sessions", args=[place.slug])))
    assert "Notes · 2 things agreed" in listed


def test_notes_of_a_session_held_stay_when_nobody_is_left_to_have_written_them(
    signed_in, place, past, fay
):
    write(signed_in(fay), past, "We met.")
    type(past).objects.filter(pk=past.pk).update(state=SessionState.HELD, settled_at=clock.now())
    Notes.objects.update(by=None)
    shown = words(signed_in(cast.member(place)).get(past.get_absolute_url()))
    assert "A former member wrote in it last" in shown


def test_having_been_at_another_session_or_said_no_to_this_one_lets_nobody_write(
    signed_in, place, past
):
    other = cast.session(place, starts=clock.now() - timedelta(days=1))
    ann = cast.member(place, "Ann Lee")
    Attendance.objects.create(session=other, person=ann, source="tick")
    ann.answers.create(session=other, reply="yes")
    ann.answers.create(session=past, reply="no")
    cast.member(place, "Bo Dale").answers.create(session=past, reply="yes")
    assert signed_in(ann).get(address(past)).status_code == 403
    assert signed_in(ann).get(address(other)).status_code == 200
