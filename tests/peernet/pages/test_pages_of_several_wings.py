"""Home, a network's front page, Run and What we sent, as their readers open them."""

from datetime import date, timedelta

import pytest

from members.notices import actions
from members.notices.models import Notice, NoticeState
from networks.invitations.models import Invitation
from networks.membership.models import CharterAcceptance
from networks.network.models import Charter
from peernet.lib import clock
from sessions.meetings.models import Answer
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network("Health and Social Care", slug="care")


def text(answer):
    return " ".join(answer.content.decode().split())


def test_a_stranger_is_told_what_peernet_is_and_how_to_come_in(client):
    page = text(client.get("/"))
    assert "Sign in" in page
    assert "Sign up" in page


def test_home_begins_with_the_next_session_and_its_answers(place, signed_in):
    ann = cast.member(place, "Amina Begum")
    session = cast.session(place, title="Opening our building again")
    page = text(signed_in(ann).get("/"))
    assert "Hello Amina" in page
    assert "Opening our building again" in page
    assert f"/n/care/sessions/{session.pk}/answer/" in page


def test_home_asks_at_most_three_things(place, signed_in):
    ann = cast.member(place)
    for number in range(2, 8):
        cast.session(place, starts=clock.now() + timedelta(days=number), title=f"Session {number}")
    page = text(signed_in(ann).get("/"))
    assert page.count("Can you come? Session") + page.count("Read the house rules of") == 3


def test_who_has_no_name_yet_is_asked_before_a_network_is_opened_in_it(signed_in):
    new = cast.person(name="")
    assert "Tell us your name" in text(signed_in(new).get("/"))
    assert signed_in(new).get("/networks/new/").url == "/you/?next=/networks/new/"
    assert "Tell us your name" not in text(signed_in(cast.person()).get("/"))


def test_run_says_nothing_needs_you_only_when_the_first_steps_are_done(place, signed_in):
    dan = cast.coordinator(place)
    page = text(signed_in(dan).get("/n/care/run/"))
    assert "First steps" in page
    assert "Nothing needs you" not in page


def test_home_stops_asking_for_what_is_answered(place, signed_in):
    ann = cast.member(place)
    CharterAcceptance.objects.create(charter=Charter.objects.get(), person=ann)
    cast.session(place)
    later = cast.session(place, starts=clock.now() + timedelta(days=5), title="A later one")
    assert "Can you come? A later one" in text(signed_in(ann).get("/"))
    Answer.objects.create(session=later, person=ann, reply="no")
    assert "Can you come? A" not in text(signed_in(ann).get("/"))


def test_home_shows_an_invitation_to_the_address_it_was_sent_to(place, signed_in):
    invitation = cast.invited(place, email="ivy@example.org")
    ivy = cast.person("Ivy Stone", email="ivy@example.org")
    assert f"/join/{invitation.token}/" in text(signed_in(ivy).get("/"))
    oz = cast.person("Oz Outside")
    assert "/join/" not in text(signed_in(oz).get("/"))


def test_home_of_a_funders_person_lists_their_programmes(signed_in):
    fund = cast.programme()
    uma = cast.funder_person(fund)
    assert f"/programmes/{fund.slug}/" in text(signed_in(uma).get("/"))


def test_nothing_of_a_network_one_left_is_on_home(place, signed_in):
    gus = cast.former_member(place)
    cast.session(place, title="A secret meeting")
    cast.thread(place, cast.member(place), title="A secret thread")
    page = text(signed_in(gus).get("/"))
    assert "secret" not in page


def test_home_tells_a_coordinator_what_there_is_to_run(place, signed_in):
    dan = cast.coordinator(place)
    assert "Finish setting up Health and Social Care" in text(signed_in(dan).get("/"))
    cast.session(place, starts=clock.now() - timedelta(days=2), title="Last time")
    page = text(signed_in(dan).get("/"))
    assert "1 thing to run in Health and Social Care" in page
    assert "Say who came: Last time" in page


def test_run_leads_a_new_network_through_its_first_steps(place, signed_in):
    dan = cast.coordinator(place)
    page = text(signed_in(dan).get("/n/care/run/"))
    assert "1 of 4 done" in page
    cast.grant(place)
    cast.session(place)
    assert "3 of 4 done" in text(signed_in(dan).get("/n/care/run/"))


def test_the_first_steps_go_away_where_nobody_pays(place, signed_in):
    dan = cast.coordinator(place)
    assert "Nobody pays? Go on to the next." in text(signed_in(dan).get("/n/care/run/"))
    cast.invited(place)
    cast.session(place)
    assert "First steps" not in text(signed_in(dan).get("/n/care/run/"))


def test_a_coordinator_puts_the_first_steps_away_with_no_grant(place, signed_in):
    dan, eva = cast.coordinator(place), cast.coordinator(place, "Eva Moss")
    browser = signed_in(dan)
    assert "Put these away" in text(browser.get("/n/care/run/"))
    assert "Finish setting up" in text(browser.get("/"))
    gone = browser.post("/n/care/first-steps/away/", {"run": "1"}, follow=True)
    assert gone.redirect_chain == [("/n/care/run/", 302)]
    assert "First steps" not in text(gone)
    assert "Finish setting up" not in text(browser.get("/"))
    assert "First steps" in text(signed_in(eva).get("/n/care/run/"))


def test_run_names_what_needs_somebody_this_week(place, signed_in):
    dan = cast.coordinator(place)
    past = cast.session(place, starts=clock.now() - timedelta(days=2), title="Last time")
    cast.invited(place, "Just Now")
    Invitation.objects.filter(pk=cast.invited(place, "Long Ago").pk).update(
        sent_at=clock.now() - timedelta(days=4)
    )
    lost = cast.invited(place, "Lou Lost")
    actions.tell_address(lost.email, "invitation", lost.pk, network_id=place.pk)
    Notice.objects.update(state=NoticeState.FAILED, settled_at=clock.now())
    cast.grant(place, ends_on=clock.today(place.zone) + timedelta(days=40))
    page = text(signed_in(dan).get("/n/care/run/"))
    assert "Say who came: Last time" in page
    assert f"/n/care/sessions/{past.pk}/attendance/" in page
    assert "2 people have not joined yet" in page
    assert "1 message did not arrive" in page
    assert "The funding ends on" in page


def test_what_we_sent_says_why_something_did_not_go(place, signed_in):
    dan = cast.coordinator(place)
    ivy = cast.invited(place)
    actions.tell_address(ivy.email, "invitation", ivy.pk, network_id=place.pk)
    actions.withdraw(ivy.pk, "invitation", reason="The invitation was withdrawn.")
    page = text(signed_in(dan).get("/n/care/sent/"))
    assert ivy.email in page
    assert "Not sent" in page
    assert "The invitation was withdrawn." in page
    assert ivy.email not in text(signed_in(dan).get("/n/care/sent/?state=sent"))


def test_what_we_sent_pages_by_key(place, signed_in):
    dan = cast.coordinator(place)
    for number in range(60):
        one = cast.invited(place, f"Person {number:02}")
        actions.tell_address(one.email, "invitation", one.pk, network_id=place.pk)
    first = text(signed_in(dan).get("/n/care/sent/"))
    assert "person-59-" in first
    assert "person-05-" not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = text(signed_in(dan).get("/n/care/sent/" + older))
    assert "person-05-" in second
    assert "person-59-" not in second


def test_home_asks_nobody_about_another_cohorts_sessions(place, signed_in):
    dan = cast.coordinator(place)
    cohort = place.cohorts.create(name="Autumn", starts_on=date(2026, 9, 1))
    cast.session(place, title="For all of us")
    theirs = cast.session(place, title="Autumn only", cohort=cohort)
    assert "Autumn only" not in signed_in(dan).get("/").content.decode()
    cohort.spells.create(person=dan)
    assert theirs.title in signed_in(dan).get("/").content.decode()
