"""What was agreed: who does what by when, until somebody says it is done."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from members.audit.models import AuditEntry
from peernet.lib import clock
from sessions.follow_up.models import AgreedAction, Outcome
from tests import cast


@pytest.fixture
def place(db):
    return cast.network()


@pytest.fixture
def rhythm(place):
    return cast.cadence(place, first=clock.today(place.zone) - timedelta(days=40))


@pytest.fixture
def past(place, rhythm):
    return dated(place, rhythm, days=-2)


@pytest.fixture
def fay(place):
    return cast.facilitator(place)


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


def dated(place, rhythm, days):
    """One date of the rhythm, so many days from now."""
    starts = clock.now() + timedelta(days=days)
    return cast.session(place, starts=starts, cadence=rhythm, slot=starts.isoformat()[:16])


def agree(browser, session, **fields):
    new = reverse("agreed_new", args=[session.network.slug, session.pk])
    return browser.post(new, fields, follow=True)


def at(name, action):
    return reverse(name, args=[action.session.network.slug, action.session_id, action.pk])


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def words(response):
    return " ".join(page(response).main.get_text(" ").split())


def test_what_is_agreed_stands_on_the_page_with_who_and_by_when(signed_in, past, fay, ann):
    said = {"what": " Share the  hire agreement ", "who": ann.pk, "due": "2026-12-01"}
    shown = agree(signed_in(fay), past, **said)
    section = " ".join(page(shown).find(id="agreed").get_text(" ").split())
    assert "Share the hire agreement Ann Lee · by Tuesday 1 December" in section
    agree(signed_in(fay), past, what="Meet the council")
    shown = words(signed_in(ann).get(past.get_absolute_url()))
    assert "Meet the council All of us" in shown
    assert AuditEntry.objects.filter(deed="agreed.written", about_id=past.pk).count() == 2


def test_the_same_form_twice_agrees_once(signed_in, past, fay):
    key = str(uuid4())
    for _press in range(3):
        agree(signed_in(fay), past, what="Meet the council", once=key)
    assert AgreedAction.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"what": ""}, "Fill in “What did you agree?”."),
        ({"what": " … "}, "Write in a few words what you agreed."),
        ({"what": "a" * 201}, "Use 200 characters or fewer. You wrote 201."),
        ({"what": "Meet", "who": "999999"}, "Choose one of the answers shown."),
        ({"what": "Meet", "due": "31/31/2026"}, "Enter a real date for “By when?”"),
    ],
)
def test_what_cannot_be_comes_back_with_a_sentence(signed_in, past, fay, fields, sentence):
    refused = agree(signed_in(fay), past, **fields)
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert (
        page(refused).find("input", {"name": "what"}).get("value", "").strip()
        == fields["what"].strip()
    )
    assert not AgreedAction.objects.exists()


def test_nothing_can_be_agreed_with_somebody_of_another_network(signed_in, past, fay):
    stranger = cast.member(cast.network("Libraries"), "Otto")
    refused = agree(signed_in(fay), past, what="Meet", who=stranger.pk)
    assert refused.status_code == 422
    assert "Otto" not in refused.content.decode()


def test_in_a_large_network_those_who_took_part_can_be_chosen(signed_in, place, past, fay, ann):
    for number in range(101):
        cast.member(place, f"Member {number}")
    ann.answers.create(session=past, reply="yes")
    form = signed_in(fay).get(reverse("agreed_new", args=[place.slug, past.pk]))
    names = [option.get_text() for option in page(form).find("select").find_all("option")]
    assert names == ["All of us", "Ann Lee"]


def test_who_promised_it_says_that_it_is_done_and_may_take_that_back(signed_in, past, fay, ann):
    agree(signed_in(fay), past, what="Share the agreement", who=ann.pk)
    action = AgreedAction.objects.get()
    browser = signed_in(ann)
    assert "Done" in words(browser.get(past.get_absolute_url()))
    shown = browser.post(at("agreed_settle", action), {"outcome": "done"}, follow=True)
    assert "Share the agreement Ann Lee Still open" in words(shown)
    action.refresh_from_db()
    assert (action.outcome, action.settled_at is None) == (Outcome.DONE, False)
    browser.post(at("agreed_settle", action), {"outcome": "done"})
    assert AuditEntry.objects.filter(deed="agreed.settled").count() == 1
    browser.post(at("agreed_settle", action), {"outcome": "open"})
    action.refresh_from_db()
    assert (action.outcome, action.settled_at) == (Outcome.OPEN, None)
    browser.post(at("agreed_settle", action), {"outcome": "nonsense"})
    action.refresh_from_db()
    assert action.outcome == Outcome.OPEN


def test_others_who_were_not_there_cannot_settle_or_change_it(signed_in, place, past, fay, ann):
    agree(signed_in(fay), past, what="Share the agreement", who=ann.pk)
    action = AgreedAction.objects.get()
    bob = signed_in(cast.member(place, "Bob"))
    assert not page(bob.get(past.get_absolute_url())).find(id="agreed").find("form")
    assert bob.post(at("agreed_settle", action), {"outcome": "done"}).status_code == 403
    assert bob.post(at("agreed_edit", action), {"what": "No"}).status_code == 403
    assert signed_in(ann).post(at("agreed_edit", action), {"what": "No"}).status_code == 403


def test_it_can_be_said_better_and_two_at_once_do_not_undo_each_other(signed_in, past, fay, ann):
    browser = signed_in(fay)
    agree(browser, past, what="Share the agrement", who=ann.pk)
    action = AgreedAction.objects.get()
    form = page(browser.get(at("agreed_edit", action)))
    assert form.find("option", selected=True).get_text() == "Ann Lee"
    was = form.find("input", {"name": "was"})["value"]
    mended = {"what": "Share the agreement", "who": ann.pk, "due": "", "was": was}
    browser.post(at("agreed_edit", action), mended)
    refused = browser.post(at("agreed_edit", action), mended | {"what": "Share it soon"})
    assert refused.status_code == 422
    assert "Somebody else has just changed this." in words(refused)
    assert page(refused).find("input", {"name": "what"})["value"] == "Share it soon"
    was = page(refused).find("input", {"name": "was"})["value"]
    browser.post(at("agreed_edit", action), mended | {"what": "Share it soon", "was": was})
    action.refresh_from_db()
    assert action.what == "Share it soon"


def test_who_left_keeps_what_they_promised_when_it_is_corrected(signed_in, place, past, fay, ann):
    agree(signed_in(fay), past, what="Share the agreement", who=ann.pk)
    ann.memberships.update(until=clock.now(), reason="left")
    action = AgreedAction.objects.get()
    form = page(signed_in(fay).get(at("agreed_edit", action)))
    assert form.find("option", selected=True).get_text() == "Ann Lee"


def test_what_is_open_stands_on_every_next_date_of_the_rhythm_until_it_is_settled(
    signed_in, place, rhythm, past, fay, ann
):
    agree(signed_in(fay), past, what="Share the agreement", who=ann.pk, due="2026-12-01")
    soon, later = dated(place, rhythm, days=19), dated(place, rhythm, days=40)
    other = cast.session(place)
    for session in (soon, later):
        shown = words(signed_in(ann).get(session.get_absolute_url()))
        assert "Agreed before, and still open Share the agreement" in shown
    assert "Share the agreement" not in words(signed_in(ann).get(other.get_absolute_url()))
    action = AgreedAction.objects.get()
    button = page(signed_in(ann).get(soon.get_absolute_url())).find(id="before").find("form")
    assert button["action"] == at("agreed_settle", action)
    signed_in(ann).post(button["action"], {"outcome": "dropped"})
    for session in (soon, later):
        shown = words(signed_in(ann).get(session.get_absolute_url()))
        assert "Share the agreement" not in shown


def test_what_was_typed_waits_for_a_sign_in_that_ran_out(client, signed_in, past, fay, ann):
    new = reverse("agreed_new", args=[past.network.slug, past.pk])
    client.post(new, {"what": "Meet the council", "who": ann.pk, "due": "2026-12-01"})
    form = page(signed_in(fay).get(new))
    assert form.find("input", {"name": "what"})["value"] == "Meet the council"
    assert form.find("option", selected=True).get_text() == "Ann Lee"
    assert form.find("input", {"name": "due"})["value"] == str(date(2026, 12, 1))
