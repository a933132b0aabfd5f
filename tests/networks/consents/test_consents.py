"""Consents: each with its text and version, given through a door, taken back with one press, and
no longer counted once the text has changed."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from members.audit.models import AuditEntry
from members.notices.actions import send_due
from members.privacy.queries import parts
from networks.consents import actions, queries
from networks.consents.models import Consent
from networks.consents.rules import LINKED, NAMED, PICTURES
from networks.links.rules import PEOPLE
from networks.profiles import actions as profiles
from networks.profiles.queries import people_of
from peernet.lib import clock
from peernet.lib.errors import Refused
from sessions.meetings.models import Answer, Reply
from tests import cast
from tests.rows.links import stand

pytestmark = pytest.mark.django_db
PAGE = "/you/consents/"
TEXT = "I may be in pictures on our own page, for a year."


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def place():
    made = cast.network()
    made.lead, made.ann = cast.coordinator(made), cast.member(made, "Ann Lee")
    return made


def press(client, place, answer, purpose=PICTURES, version=1, **more):
    said = {"network": place.slug, "purpose": purpose, "answer": answer, "version": version}
    return client.post(PAGE, said | more, follow=True)


def yes(place, person, purpose=PICTURES, version=1):
    return actions.answer(place, purpose, yes=True, version=version, by=person)


def agreeing(place, purpose=PICTURES):
    return [one.name for one in queries.agreeing(place, purpose)]


def test_one_press_gives_it_and_one_takes_it_back_each_with_what_it_changes(place, signed_in):
    client = signed_in(place.ann)
    assert "You have said nothing yet" in words(client.get(PAGE))
    assert "Whoever runs a session sees that you agree." in words(press(client, place, "yes"))
    assert agreeing(place) == ["Ann Lee"]
    seen = words(client.get(PAGE))
    assert "You agreed on" in seen
    assert "on “What you agreed to”" in seen
    assert "not to be in pictures" in words(press(client, place, "no"))
    assert agreeing(place) == []
    seen = words(client.get(PAGE))
    assert "You said no on" in seen
    assert "What you said before" in seen
    # Both stand on the trail by their codes; on the network's own page neither does.
    deeds = AuditEntry.objects.filter(actor=place.ann).values_list("deed", flat=True)
    assert list(deeds.order_by("pk")) == ["consent.given", "consent.taken_back"]
    log = words(signed_in(place.lead).get(reverse("log", args=[place.slug])))
    assert place.ann.name not in log


def test_a_new_text_ends_every_yes_asks_its_people_once_and_leaves_a_no_alone(place, signed_in):
    bo = cast.member(place, "Bo Nim")
    yes(place, place.ann)
    actions.answer(place, PICTURES, yes=False, by=bo)
    lead = signed_in(place.lead)
    page = reverse("network_consents", args=[place.slug]) + f"?purpose={PICTURES}"
    answer = lead.post(page, {"text": TEXT, "after": "1"}, follow=True)
    assert "1 person who had agreed is asked again." in words(answer)
    assert agreeing(place) == []
    mail.outbox.clear()
    send_due()
    [letter] = mail.outbox
    assert letter.to == [place.ann.email]
    assert TEXT in " ".join(letter.body.replace("> ", "").split())
    client = signed_in(place.ann)
    assert "You agreed to an earlier text." in words(client.get(PAGE))
    # The button of a page that is still open was under the old text.
    assert "Read it once more" in words(press(client, place, "yes", version=1))
    assert agreeing(place) == []
    press(client, place, "yes", version=2)
    assert agreeing(place) == ["Ann Lee"]
    assert "You said no on" in words(signed_in(bo).get(PAGE))
    lead = signed_in(place.lead)
    stale = lead.post(page, {"text": "Another one.", "after": "1"})
    assert stale.status_code == 422
    assert "Another one." in words(stale)


def test_a_letter_about_a_text_is_dropped_once_its_reader_has_answered(place):
    yes(place, place.ann)
    actions.publish(place, PICTURES, TEXT, after=1, by=place.lead)
    actions.answer(place, PICTURES, yes=False, by=place.ann)
    mail.outbox.clear()
    send_due()
    assert mail.outbox == []


def test_who_left_and_came_back_has_agreed_to_nothing(place):
    yes(place, place.ann)
    place.memberships.filter(person=place.ann).update(until=clock.now(), reason="left")
    assert agreeing(place) == []
    with pytest.raises(Refused):
        yes(place, place.ann)
    place.memberships.create(person=place.ann, since=clock.now() + timedelta(microseconds=1))
    assert agreeing(place) == []
    clock.travel(clock.now() + timedelta(days=1))
    yes(place, place.ann)
    assert agreeing(place) == ["Ann Lee"]


def test_who_runs_a_session_sees_who_is_not_to_be_in_pictures_and_nobody_else_does(
    place, signed_in
):
    session = cast.session(place, starts=clock.now() + timedelta(days=3))
    bo = cast.member(place, "Bo Nim")
    for one in (place.ann, bo):
        Answer.objects.create(session=session, person=one, reply=Reply.YES)
    client, page = signed_in(place.ann), session.get_absolute_url()
    assert "May you be in pictures?" in words(client.get(page))
    back = press(client, place, "yes", door="session", next=page)
    assert back.redirect_chain[-1][0] == page
    assert "May you be in pictures?" not in words(client.get(page))
    assert Consent.objects.get(person=place.ann).door == "session"
    assert "Not in pictures or recordings:</strong> Bo Nim" in words(
        signed_in(place.lead).get(page)
    )
    client = signed_in(place.ann)
    assert "Not in pictures" not in words(client.get(page))
    press(client, place, "no")
    seen = words(signed_in(place.lead).get(page))
    assert "Not in pictures or recordings:</strong> Ann Lee, Bo Nim" in seen
    # Elsewhere is nobody's way back.
    client = signed_in(place.ann)
    assert press(client, place, "no", next="//evil.example/").redirect_chain[-1][0].startswith(PAGE)


def test_a_session_asks_with_the_text_of_today_who_has_not_answered_it_since_they_came(
    place, signed_in
):
    session = cast.session(place, starts=clock.now() + timedelta(days=30))
    Answer.objects.create(session=session, person=place.ann, reply=Reply.YES)
    client, page = signed_in(place.ann), session.get_absolute_url()
    question = "May you be in pictures?"
    yes(place, place.ann)
    assert question not in words(client.get(page))
    actions.publish(place, PICTURES, TEXT, after=1, by=place.lead)
    assert TEXT in words(client.get(page))
    press(client, place, "yes", version=2, door="session", next=page)
    assert question not in words(client.get(page))
    assert agreeing(place) == ["Ann Lee"]
    place.memberships.filter(person=place.ann).update(until=clock.now(), reason="left")
    clock.travel(clock.now() + timedelta(days=1))
    place.memberships.create(person=place.ann, since=clock.now())
    assert question in words(client.get(page))
    press(client, place, "no")
    assert question not in words(client.get(page))


def test_a_coordinator_is_named_to_the_funder_only_while_they_agree(place, signed_in):
    programme = cast.programme()
    cast.grant(place, programme, funder_agreed_at=clock.now())
    funder = signed_in(cast.funder_person(programme))
    page = reverse("programme", args=[programme.slug])
    assert place.lead.name not in words(funder.get(page))
    for one in (place.lead, place.ann):  # a member is named by no yes
        yes(place, one, NAMED)
    seen = words(funder.get(page))
    assert place.lead.name in seen
    assert place.ann.name not in seen
    ours = reverse("shared_figures", args=[place.slug])
    assert place.lead.name in words(signed_in(place.ann).get(ours))
    press(signed_in(place.lead), place, "no", NAMED)
    assert place.lead.name not in words(funder.get(page))


def test_linked_networks_see_only_people_who_agree_network_by_network(place):
    other, second = cast.network(), cast.network()
    stand(place, other, kind="peer", gives=[PEOPLE])
    stand(second, other, kind="peer", gives=[PEOPLE])
    cast.member(second, person=place.ann)
    reader = cast.member(other, "Olu Lin")
    profiles.tell(place.ann, {"about": ("Quince jelly", 3)}, by=place.ann)
    assert [list(people_of(reader, one)) for one in (place, second)] == [[place.ann]] * 2
    assert Consent.objects.filter(person=place.ann, purpose=LINKED, door="details").count() == 2
    actions.answer(place, LINKED, yes=False, by=place.ann)
    assert [list(people_of(reader, one)) for one in (place, second)] == [[], [place.ann]]
    actions.answer(second, LINKED, yes=False, by=place.ann)
    # Saving the page again brings nothing back that was taken back.
    profiles.tell(place.ann, {"about": ("Quince cheese", 3)}, by=place.ann)
    assert not people_of(reader, place)
    assert not people_of(reader, second)


def test_the_download_has_what_was_said_and_what_ended_it(place):
    yes(place, place.ann)
    actions.publish(place, PICTURES, TEXT, after=1, by=place.lead)
    [part] = [part for part in parts(place.ann) if part.model == "networks.Consent"]
    [row] = part.as_shown()
    told = dict(row)
    assert told["Version of the text"] == "1"
    assert told["Why no longer"] == "The text changed"
    assert "Pictures and recordings" in told.values()
