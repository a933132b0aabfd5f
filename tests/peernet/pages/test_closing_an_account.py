"""Closing an account: nobody is left in charge of nothing, and no trace is left of a name."""

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client

from members.audit.actions import note
from members.audit.models import AuditEntry
from members.notices.actions import claim, deliver, tell
from members.notices.models import Notice
from members.people.actions import welcome
from members.people.models import Person
from networks.discussions.models import Post
from networks.funding.models import FunderSeat
from networks.imports.models import Import, ImportState
from networks.invitations.models import Invitation
from networks.membership.models import Membership, Role
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.errors import Refused
from peernet.pages.actions import close_account
from sessions.attendance.models import Attendance
from tests import cast
from tests.members.privacy.life import ADDRESS, CANARIES, lived, spells

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(response.content.decode().split())


def found(text):
    """The tables of the database with `text` in any column of any row."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        hits = []
        for table in tables:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{text}%"]
            )
            hits += [table] if cursor.fetchone()[0] else []
    kept = [s for s in Session.objects.all() if text in str(s.get_decoded()).lower()]
    return hits + [f"session {session.pk}" for session in kept]


def test_no_name_and_no_address_is_left_anywhere(signed_in):
    zoe, _place = lived()
    client = signed_in(zoe)
    elsewhere = Client()
    elsewhere.force_login(zoe, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = elsewhere.session
    session["account_authentication_methods"] = [{"method": "code", "email": ADDRESS}]
    session.save()
    assert all(found(canary) for canary in CANARIES)  # the search itself sees them
    answer = client.post("/you/close/", {"address": f" {ADDRESS.upper()} "}, follow=True)
    assert "Your account is closed." in words(answer)
    assert [found(canary) for canary in CANARIES] == [[]] * len(CANARIES)
    assert elsewhere.get("/you/").status_code == 302


def test_what_is_declared_happens_to_each_kind_of_row():
    zoe, place = lived()
    close_account(address=ADDRESS, by=zoe)
    version = zoe.token_version
    zoe.refresh_from_db()
    assert (zoe.is_active, zoe.is_operator, zoe.name) == (False, False, "")
    assert zoe.email.endswith("@erased.invalid")
    assert zoe.token_version == version + 1
    assert not zoe.emailaddress_set.exists()
    assert not Notice.objects.filter(person=zoe).exists()
    post = Post.objects.order_by("pk")[0]
    assert (post.text, post.html, post.deleted_at) == ("", "", None)
    assert Attendance.objects.get(person=zoe).shown_name == ""
    assert spells(zoe).get(network=place).reason == "left"
    assert not members(place).filter(pk=zoe.pk).exists()
    assert Import.objects.get(by=zoe).rows == []


def test_people_whom_she_asked_are_not_touched():
    zoe, _place = lived()
    close_account(address=ADDRESS, by=zoe)
    bea = Invitation.objects.open().get(email="bea@example.org")
    assert bea.name == "Bea Lane"
    assert FunderSeat.objects.get().email == "bea@example.org"
    assert Invitation.objects.open().count() == 1  # the one to her other address is withdrawn


def test_the_others_read_on_and_see_a_former_member(signed_in):
    zoe, place = lived()
    post = Post.objects.order_by("pk")[0]
    ann = cast.member(place, "Ann Lee")
    close_account(address=ADDRESS, by=zoe)
    html = words(signed_in(ann).get(f"/n/{place.slug}/talk/{post.thread_id}/"))
    assert "A former member" in html
    assert "These words went when their writer closed the account." in html
    assert "A former member" in words(client_get := signed_in(ann).get(f"/n/{place.slug}/talk/"))
    assert client_get.status_code == 200
    dan = members(place).get(memberships__role=Role.COORDINATOR)
    past = place.sessions.get()
    for page in (
        "people/", "invitations/?show=joined", "sessions/", f"sessions/{past.pk}/", "sent/",
        f"sessions/{past.pk}/attendance/", "grants/", "run/",
    ):  # fmt: skip
        answer = signed_in(dan).get(f"/n/{place.slug}/{page}")
        assert answer.status_code == 200, page
        assert "quagmire" not in words(answer).lower()
        assert "erased.invalid" not in words(answer), page


def test_a_worker_in_the_middle_of_a_letter_does_not_stumble():
    zoe, _place = lived()
    Notice.objects.exclude(person=zoe).delete()  # those to others go their own way
    taken = [claim(), claim()]
    close_account(address=ADDRESS, by=zoe)
    for notice in taken:
        deliver(notice)
    assert not Notice.objects.exists()
    assert mail.outbox == []


def test_the_trail_keeps_numbers_and_no_name():
    zoe, place = lived()
    before = AuditEntry.objects.count()
    close_account(address=ADDRESS, by=zoe)
    assert AuditEntry.objects.filter(deed="person.erased", about_id=zoe.pk).count() == 1
    assert AuditEntry.objects.filter(deed="membership.left", network_id=place.pk).exists()
    assert AuditEntry.objects.count() > before


def test_the_address_is_free_for_a_new_beginning():
    zoe, _place = lived()
    close_account(address=ADDRESS, by=zoe)
    again = welcome(ADDRESS, "Zenobia")
    assert again.pk != zoe.pk
    assert not Membership.objects.filter(person=again).exists()


def test_the_last_coordinator_is_told_what_to_do_first(signed_in):
    place = cast.network("Community Libraries")
    dan = cast.coordinator(place)
    cast.member(place, "Ann Lee")
    client = signed_in(dan)
    page = words(client.get("/you/close/"))
    assert "Choose among the people of Community Libraries" in page
    assert "Ask the members of these networks who takes them on." in page
    answer = client.post("/you/close/", {"address": dan.email})
    assert answer.status_code == 422
    dan.refresh_from_db()
    assert dan.is_active
    assert spells(dan).get().until is None


def test_a_coordinator_with_nobody_beside_them_is_led_to_inviting(signed_in):
    place = cast.network("Community Libraries")
    dan = cast.coordinator(place)
    page = words(signed_in(dan).get("/you/close/"))
    assert "Nobody else is in Community Libraries yet: invite a new coordinator" in page


@pytest.mark.parametrize("typed", ["", "somebody@example.org", "yes"])
def test_without_the_own_address_nothing_happens(signed_in, typed):
    ann = cast.person("Ann Lee")
    answer = signed_in(ann).post("/you/close/", {"address": typed})
    assert answer.status_code == 422
    ann.refresh_from_db()
    assert ann.is_active


def test_a_refusal_in_the_middle_takes_everything_back(monkeypatch):
    zoe, place = lived()
    monkeypatch.setattr("peernet.pages.actions.erase", _no)
    with pytest.raises(Refused):
        close_account(address=ADDRESS, by=zoe)
    assert spells(zoe).get(network=place).until is None


def _no(*_args, **_kwargs):
    raise Refused("no")


def test_again_changes_nothing():
    ann = cast.person("Ann Lee")
    address = ann.email
    close_account(address=address, by=ann)
    close_account(address=address, by=ann)
    assert AuditEntry.objects.filter(deed="person.erased").count() == 1


def test_the_page_says_what_goes_and_what_stays_and_why(signed_in):
    page = words(signed_in(cast.person("Ann Lee")).get("/you/close/"))
    assert "Your name and your address" in page
    assert "The words go." in page
    assert "A thread belongs to all who wrote in it." in page
    assert "No name stands there." in page


def test_letters_about_other_accounts_stay():
    ann, zoe = cast.person("Ann Lee"), cast.person("Zoe")
    for person in (ann, zoe):
        change = note("address.added", by=person, about_id=person.pk)
        tell(Person.objects.filter(pk=person.pk), "account_changed", change.pk)
    close_account(address=zoe.email, by=zoe)
    assert Notice.objects.get(kind="account_changed").person == ann


def test_whoever_else_could_look_after_a_network_is_there_and_has_an_account(signed_in):
    """Two who are not: one left, one closed their account."""
    place = cast.network("Care", slug="care")
    dan = cast.coordinator(place)
    cast.coordinator(place, "Gus Left", until=clock.now(), reason="left")
    cast.coordinator(place, "Closed", is_active=False)
    page = words(signed_in(dan).get("/you/close/"))
    assert "Nobody else is in Care yet" in page
    with pytest.raises(Refused):
        close_account(address=dan.email, by=dan)
    cast.member(place)
    assert "Choose among the people of Care" in words(signed_in(dan).get("/you/close/"))
    bo = signed_in(cast.member(place, "Bo"))
    assert "Only you are coordinator" not in words(bo.get("/you/close/"))


def test_what_others_prepared_stays_and_what_a_closed_network_holds_is_no_obstacle():
    place, shut = cast.network(), cast.network("Shut")
    dan, eve = cast.coordinator(place), cast.coordinator(place, "Eve Gray")
    cast.coordinator(shut, person=eve)
    theirs, old = cast.sheet(place, dan), cast.sheet(shut, eve)
    cast.invited(shut, "Eve Gray", email=eve.email)
    Network.objects.filter(pk=shut.pk).update(closed_at=clock.now())
    close_account(address=eve.email, by=eve)
    theirs.refresh_from_db()
    assert theirs.state == ImportState.DRAFT
    old.refresh_from_db()
    assert old.rows == []
