"""Two accounts of one person become one, whatever both of them have."""

import copy
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.test import Client

from evaluation.surveys.models import Answered, Response
from evaluation.surveys.queries import has_answered, own_answers
from members.access.models import Device
from members.audit.models import AuditEntry
from members.merging import queries
from members.merging.actions import merge
from members.notices.actions import send_due
from members.people.models import Alias, Person
from members.people.queries import whose
from members.privacy.actions import erase
from networks.joining.models import JoinRequest
from networks.membership.models import Membership
from networks.seats.models import Holding
from peernet.lib import clock, tombstones
from peernet.lib.errors import Refused
from sessions.meetings.models import Answer
from tests import cast
from tests.evaluation.surveys import around
from tests.members.privacy import life

pytestmark = pytest.mark.django_db
PAGE = "/you/two-accounts/"
MINE, OTHER = "ann.lee@gmail.com", "ann.lee+peer@gmail.com"


def words(response):
    return " ".join(response.content.decode().split())


def code():
    return re.search(r"\b\d{6}\b", mail.outbox[-1].body)[0]


def ago(days):
    return clock.now() - timedelta(days=days)


@pytest.fixture
def ann():
    return cast.person("Ann Lee", email=MINE)


@pytest.fixture
def old():
    return cast.person("Ann L", email=OTHER)


def pointing_at(person):
    """Every row of every model that names the person by a key."""
    return {
        (model._meta.label, path): rows.count()
        for model in apps.get_models()
        for path in queries.keys_to_people(model)
        if (rows := model._base_manager.filter(**{path: person})).exists()
    }


def have_it_all_too(person, other):
    """The person has what the other has, row by row: all that can clash does."""
    for model, said, _paths in queries.moved():
        if said.merge is None or said.merge.how in ("gone", "kept"):
            continue
        for clash in queries.clashes(model)[:1]:
            for row in model._base_manager.filter(**{clash.path: other}):
                again = copy.copy(row)
                again.pk, again._state.adding = None, True
                for field in model._meta.concrete_fields:
                    if field.unique and not field.primary_key:
                        setattr(again, field.attname, field.to_python(uuid4().hex))
                setattr(again, clash.path, person)
                again.save(force_insert=True)


@pytest.mark.parametrize("twice", [False, True], ids=["one has it", "both have it"])
def test_afterwards_nothing_points_at_the_second_account(twice):
    zoe, place = life.lived()
    before = pointing_at(zoe)
    ann = cast.person("Ann Lee")
    if twice:
        have_it_all_too(ann, zoe)
    audit = AuditEntry.objects.filter(actor=zoe).count()
    theirs = {label for label, _path in before}
    assert {"networks.Membership", "networks.Holding", "members.Notice"} <= theirs
    assert queries.moving(ann, zoe)
    merge(ann, zoe, by=ann)
    assert pointing_at(zoe) == {("members.AuditEntry", "actor"): audit}
    gone = {"members.Device", "members.Archive", "mfa.Authenticator"}
    after = pointing_at(ann)
    for (label, path), count in before.items():
        if label in gone | {"members.AuditEntry", "account.EmailAddress", "members.Notice",
                            "members.Alias"}:  # fmt: skip
            continue
        assert after[label, path] == count, f"{label}.{path} was {count}"
    assert set(ann.aliases.values_list("pk", flat=True)) == {10**9, zoe.pk}
    assert place.memberships.filter(person=ann, role="coordinator", until=None).count() == 1
    zoe.refresh_from_db()
    assert (zoe.is_active, zoe.name) == (False, "")
    for address in (life.ADDRESS, life.OTHER):
        assert whose(address) == ann
        assert address not in (zoe.email, ann.email)


def test_times_in_one_network_become_one_with_the_larger_part(ann, old):
    place = cast.network()
    cast.member(place, person=ann, since=ago(300))
    cast.member(
        place, person=old, role="coordinator", since=ago(200), until=ago(100), reason="left"
    )
    cast.member(place, person=old, since=ago(50))
    merge(ann, old, by=ann)
    rows = Membership.objects.filter(network=place).order_by("since")
    assert [(row.person, row.role, row.reason) for row in rows] == [
        (ann, "member", "role"), (ann, "coordinator", "role"), (ann, "member", ""),
    ]  # fmt: skip
    assert rows[0].until == rows[1].since
    assert rows[1].until == rows[2].since
    # No break: what newcomers may not read yet, they go on reading.
    assert {row.here_since or row.since for row in rows} == {rows[0].since}


def test_who_left_with_one_account_and_stayed_with_the_other_is_there(ann, old):
    place = cast.network()
    cast.member(place, person=ann, since=ago(300), until=ago(200), reason="left")
    cast.member(place, person=old, since=ago(100))
    merge(ann, old, by=ann)
    rows = Membership.objects.filter(person=ann).order_by("since")
    assert [(row.reason, row.until is None) for row in rows] == [("left", False), ("", True)]


def test_two_holdings_of_a_seat_become_one_that_leads(ann, old):
    place = cast.network()
    cast.member(place, person=old, organisation="Octopus", since=ago(30))
    cast.member(place, person=ann, organisation="Octopus", since=ago(60), part="observer")
    merge(ann, old, by=ann)
    rows = Holding.objects.filter(person=ann).order_by("since")
    assert [row.part for row in rows] == ["observer", "lead"]
    assert [row.reason for row in rows] == ["part", ""]


def test_the_later_answer_to_a_session_stays(ann, old):
    place = cast.network()
    cast.member(place, person=ann)
    cast.member(place, person=old)
    first, second = cast.session(place), cast.session(place)
    for session, mine, theirs in [(first, ("yes", 2), ("no", 1)), (second, ("yes", 1), ("no", 2))]:
        for person, (reply, days) in ((ann, mine), (old, theirs)):
            Answer.objects.create(session=session, person=person, reply=reply, at=ago(days))
    shown = next(kind for kind in queries.moving(ann, old) if "answers to invit" in kind.title)
    assert (shown.count, len(shown.both), shown.decided) == (2, 2, "The later one stays.")
    merge(ann, old, by=ann)
    kept = Answer.objects.filter(person=ann).values_list("session", "reply")
    assert dict(kept) == {first.pk: "no", second.pk: "yes"}


def test_answers_to_surveys_keep_their_marks_and_are_found_by_both_numbers(
    ann, old, django_capture_on_commit_callbacks
):
    place = cast.network()
    dan = cast.coordinator(place)
    for person in (ann, old):
        cast.member(place, person=person)
    around.members_of(place, 4)
    wave = around.launch(place, dan)
    around.answer(wave, old)
    before = set(Response.objects.values_list("mark", flat=True))
    merge(ann, old, by=ann)
    assert set(Response.objects.values_list("mark", flat=True)) == before
    assert has_answered(wave, ann)
    assert own_answers(ann)[3]
    with django_capture_on_commit_callbacks(execute=True):
        erase(ann, by=ann)
    assert not Response.objects.exists()
    assert (old.pk, old.joined_at.isoformat()) in tombstones.kept()


def test_of_an_open_survey_answered_twice_one_is_counted(ann, old):
    place = cast.network()
    dan = cast.coordinator(place)
    for person in (ann, old):
        cast.member(place, person=person)
    around.members_of(place, 4)
    wave = around.launch(place, dan)
    around.answer(wave, ann)
    around.answer(wave, old)
    merge(ann, old, by=ann)
    assert (Response.objects.count(), Answered.objects.count()) == (1, 1)


def test_a_conversation_with_either_account_goes_on_in_the_one_request_that_stays(ann, old):
    place = cast.network()
    for person, days in ((ann, 1), (old, 2)):
        asked = JoinRequest.objects.create(network=place, person=person, asked_at=ago(days))
        asked.said.create(author=person, text=f"{days} days", theirs=True)
    merge(ann, old, by=ann)
    stays = JoinRequest.objects.get()
    assert (stays.person, stays.asked_at) == (ann, pytest.approx(ago(2), abs=timedelta(hours=1)))
    assert {one.text for one in stays.said.filter(author=ann)} == {"1 days", "2 days"}


def test_only_who_is_signed_in_to_it_gives_an_account_something(ann, old):
    with pytest.raises(Refused):
        merge(ann, old, by=old)
    erase(old, by=old)
    with pytest.raises(Refused):
        merge(ann, Person.objects.get(pk=old.pk), by=ann)
    assert not Alias.objects.exists()


# --- On pages --------------------------------------------------------------------------------


def test_from_the_offer_on_home_to_one_account(ann, old, signed_in, client):
    place = cast.network("Pubs")
    cast.member(place, person=old)
    place.charters.get().acceptances.create(person=old)
    dan = cast.coordinator(place)
    AuditEntry.objects.create(network_id=place.pk, actor=old, deed="thread.closed")
    client = signed_in(ann)
    assert OTHER in words(client.get("/"))
    assert f'value="{OTHER}"' in words(client.get(PAGE))
    client.post(PAGE, {"email": OTHER})
    assert mail.outbox[-1].to == [OTHER]
    wrong = "000000" if code() != "000000" else "111111"
    said = client.post(PAGE, {"do": "code", "code": wrong})
    assert said.status_code == 422
    assert "That is not the code we sent" in words(said)
    assert "What moves" not in words(client.get(PAGE))
    page = words(client.post(PAGE, {"do": "code", "code": code()}, follow=True))
    assert "Which house rules you accepted" in page
    assert "This cannot be undone" in page
    assert Membership.objects.get(person=old)
    page = words(client.post(PAGE, {"do": "merge"}, follow=True))
    assert "Your two accounts are one now" in page
    assert OTHER in page
    assert OTHER not in words(client.get("/"))
    mail.outbox.clear()
    send_due()
    assert {letter.to[0] for letter in mail.outbox} == {MINE, OTHER}
    # What a coordinator sees: one person, one address, and no word of two accounts.
    boss = Client()
    boss.force_login(dan, backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in ("people", "log"):
        seen = words(boss.get(f"/n/{place.slug}/{path}/"))
        assert "Ann Lee" in seen
        assert OTHER not in seen
        assert "brought" not in seen
    client.post("/accounts/logout/")
    cache.clear()
    client.post("/accounts/login/", {"login": OTHER})
    client.post("/accounts/login/code/confirm/", {"code": code()})
    assert client.session["_auth_user_id"] == str(ann.pk)


def test_nothing_is_offered_of_addresses_that_are_only_alike(signed_in):
    ann = cast.person("Ann Lee", email="ann@example.org")
    cast.person("Ann L", email="ann+peer@example.org")
    client = signed_in(ann)
    for path in ("/", PAGE):
        assert "ann+peer@example.org" not in words(client.get(path))


def test_the_offer_is_made_once(ann, old, signed_in):
    client = signed_in(ann)
    client.post(PAGE, {"do": "away"})
    assert OTHER not in words(client.get("/"))


def test_an_address_without_an_account_gets_the_same_letter_and_page(ann, old, signed_in):
    client = signed_in(ann)
    seen = []
    for address in (OTHER, "nobody@gmail.com"):
        answer = client.post(PAGE, {"email": address})
        page = words(client.get(PAGE)).replace(address, "it")
        page = re.sub(r'name="(csrfmiddlewaretoken|once)" value="[\w-]+"', "", page)
        seen.append(
            (answer.status_code, answer.url, page, re.sub(r"\d{6}", "", mail.outbox[-1].body))
        )
        last = code()
        client.post(PAGE, {"do": "again"}) if address == OTHER else None
    assert seen[0] == seen[1]
    page = words(client.post(PAGE, {"do": "code", "code": last}, follow=True))
    assert "has no other account" in page
    client.post(PAGE, {"do": "merge"})
    assert not Alias.objects.exists()


def test_what_a_code_showed_is_too_old_after_a_quarter_of_an_hour(ann, old, signed_in, travel):
    client = signed_in(ann)
    client.post(PAGE, {"email": OTHER})
    client.post(PAGE, {"do": "code", "code": code()})
    travel(clock.now() + timedelta(minutes=16))
    Device.objects.update(proved_at=clock.now())  # of the account at hand it was shown again
    page = words(client.post(PAGE, {"do": "merge"}, follow=True))
    assert "That took too long" in page
    assert not Alias.objects.exists()
