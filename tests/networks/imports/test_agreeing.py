"""She agrees to a list, throws it away, or takes it back; and who else may."""

import re
from datetime import timedelta

from django.urls import reverse

from members.notices.models import Notice, NoticeState
from members.organisations.actions import recognise
from members.organisations.models import Organisation
from networks.imports.models import Import, ImportState
from networks.imports.tasks import tick_drafts
from networks.invitations.actions import take_up
from networks.invitations.models import Invitation
from peernet.lib import clock
from tests import cast
from tests.networks.imports.desk import SHEET, agree, match, page, send, undo, words


def test_agreeing_invites_each_good_row_once_and_forgets_the_cells(desk, place, dan):
    done = agree(desk, send(desk, place, SHEET.encode()))
    assert "2 people are invited" in words(done)
    assert "Twice in the file 1" in words(done)
    bob, zoe = Invitation.objects.order_by("email")
    assert (bob.name, bob.role, bob.organisation.name) == ("Bob O’Brien", "facilitator", "The Ark")
    assert (zoe.name, zoe.role, zoe.organisation.name) == ("Zoë Ball", "member", "Hope Ltd")
    assert zoe.invited_by == dan
    assert sorted(Notice.objects.values_list("kind", "address", "about_id", "version")) == [
        ("invitation", "bob@y.org", bob.pk, 1), ("invitation", "zoe@x.org", zoe.pk, 1),
    ]  # fmt: skip
    batch = Import.objects.get()
    assert (batch.state, batch.rows, batch.columns) == (ImportState.APPLIED, [], {})


def test_a_new_organisation_gets_its_region_and_a_known_one_keeps_its_own(desk, place):
    recognise("Ark", region="Leeds")
    text = "Email,Charity,Area\na@x.org,ARK,York\nb@x.org,Hope,\nc@x.org,Hope,Hull\n"
    agree(desk, send(desk, place, text.encode()))
    assert sorted(Organisation.objects.values_list("name", "region")) == [
        ("Ark", "Leeds"), ("Hope", "Hull"),
    ]  # fmt: skip
    assert Invitation.objects.get(email="a@x.org").organisation.name == "Ark"


def test_the_same_file_again_adds_nothing(desk, place):
    agree(desk, send(desk, place, SHEET.encode()))
    again = send(desk, place, SHEET.encode())
    assert "2 already invited" in words(again)
    assert "There is nobody new in this list." in words(again)
    assert not page(again).find("form", action=re.compile("/apply/$"))
    batch = Import.objects.latest("pk")
    desk.post(reverse("import_apply", args=[place.slug, batch.pk]), {"mark": "any"})
    assert Invitation.objects.count() == 2


def test_the_invited_can_join_with_the_link_of_their_letter(desk, place):
    agree(desk, send(desk, place, SHEET.encode()))
    invitation = Invitation.objects.get(email="zoe@x.org")
    take_up(invitation, cast.person("Zoë Ball", email="zoe@x.org"), accepts_charter=True)
    shown = send(desk, place, SHEET.encode())
    assert "2 already members, 1 already invited" in words(shown)


def test_who_joined_or_was_invited_since_she_looked_is_not_invited_twice(desk, place):
    shown = send(desk, place, SHEET.encode())
    cast.invited(place, email="zoe@x.org")
    assert "1 person is invited" in words(agree(desk, shown))


def test_a_member_is_known_by_another_address_that_is_theirs_too(desk, place):
    zoe = cast.member(place, "Zoë Ball")
    zoe.emailaddress_set.create(email="zoe@x.org", verified=True)
    zoe.emailaddress_set.create(email="bob@y.org", verified=False)  # anybody may claim one
    assert "1 to invite, 2 already members" in words(send(desk, place, SHEET.encode()))


def test_an_address_invited_too_often_today_is_left_out_and_counted(desk, place):
    for _time in range(5):
        invitation = cast.invited(place, email="zoe@x.org")
        invitation.withdrawn_at = clock.now()
        invitation.save()
    done = agree(desk, send(desk, place, SHEET.encode()))
    assert "1 person is invited" in words(done)
    assert "Invited too often today 1" in words(done)


def test_agreeing_to_what_another_tab_has_changed_asks_to_look_again(desk, place):
    first = send(desk, place, b"Name,Email,Other\nAnn,ann@x.org,ann@home.org\n")
    match(desk, first, email="2")
    stale = agree(desk, first)
    assert "The matching was changed meanwhile" in stale.content.decode()
    assert not Invitation.objects.exists()
    agree(desk, stale)
    assert Invitation.objects.get().email == "ann@home.org"


def test_a_deed_that_comes_by_get_only_shows_the_list(desk, place):
    send(desk, place, SHEET.encode())
    batch = Import.objects.get()
    for deed in ("import_apply", "import_undo", "import_discard"):
        shown = desk.get(reverse(deed, args=[place.slug, batch.pk]))
        assert shown.url == reverse("import_check", args=[place.slug, batch.pk])
    batch.refresh_from_db()
    assert batch.state == ImportState.DRAFT


# --- Taking back -------------------------------------------------------------------------------


def test_undo_withdraws_what_nobody_took_up_and_names_who_stays(desk, place):
    agree(desk, send(desk, place, SHEET.encode()))
    zoe = Invitation.objects.get(email="zoe@x.org")
    take_up(zoe, cast.person("Zoë Ball", email="zoe@x.org"), accepts_charter=True)
    batch = Import.objects.get()
    shown = undo(desk, batch)
    assert "These had joined, and stay Zoë Ball" in words(shown)
    assert [one.email for one in place.invitations.open()] == []
    assert place.memberships.filter(person__email="zoe@x.org", until=None).exists()
    assert Invitation.objects.get(email="zoe@x.org").withdrawn_at is None
    letter = Notice.objects.get(address="bob@y.org")
    assert (letter.state, letter.reason) == (
        NoticeState.DROPPED, "The list it came with was undone.",
    )  # fmt: skip
    settled = Import.objects.get().settled_at
    undo(desk, batch)
    assert Import.objects.get().settled_at == settled


def test_after_undo_the_same_list_can_be_sent_again(desk, place):
    agree(desk, send(desk, place, SHEET.encode()))
    undo(desk, Import.objects.get())
    assert "2 people are invited" in words(agree(desk, send(desk, place, SHEET.encode())))


def test_a_list_left_half_way_is_found_again(desk, place):
    address = send(desk, place, SHEET.encode()).request["PATH_INFO"]
    shown = page(desk.get(reverse("import_new", args=[place.slug])))
    assert shown.find("a", string=re.compile("people.csv"))["href"] == address
    assert "Not yet agreed" in shown.main.get_text()


def test_earlier_lists_are_shown_with_a_way_to_undo_them(desk, place):
    agree(desk, send(desk, place, SHEET.encode()))
    shown = desk.get(reverse("import_new", args=[place.slug]))
    batch = Import.objects.get()
    link = page(shown).find("a", string=re.compile("people.csv"))
    assert link["href"] == reverse("import_check", args=[place.slug, batch.pk])
    assert "Undo this list" in words(desk.get(link["href"]))


def test_a_draft_can_be_thrown_away_and_stays_so(desk, place):
    send(desk, place, SHEET.encode())
    batch = Import.objects.get()
    address = reverse("import_discard", args=[place.slug, batch.pk])
    assert "This list was thrown away" in words(desk.post(address, follow=True))
    assert "This list was thrown away" in words(desk.post(address, follow=True))
    desk.post(reverse("import_apply", args=[place.slug, batch.pk]), {"mark": "any"})
    batch.refresh_from_db()
    assert (batch.state, batch.rows, batch.filename) == (ImportState.DISCARDED, [], "")
    assert not Invitation.objects.exists()


def test_a_draft_is_forgotten_after_a_day(desk, place, travel):
    send(desk, place, SHEET.encode())
    travel(clock.now() + timedelta(hours=23))
    tick_drafts()
    assert Import.objects.get().rows
    travel(clock.now() + timedelta(hours=1, minutes=1))
    tick_drafts()
    batch = Import.objects.get()
    assert (batch.state, batch.rows, batch.filename) == (ImportState.DISCARDED, [], "")


def test_a_list_that_was_agreed_to_is_not_forgotten(desk, place, travel):
    agree(desk, send(desk, place, SHEET.encode()))
    travel(clock.now() + timedelta(days=3))
    tick_drafts()
    assert Import.objects.get().state == ImportState.APPLIED


# --- Who ---------------------------------------------------------------------------------------


def test_a_list_of_another_network_is_not_there(desk, place, signed_in):
    send(desk, place, SHEET.encode())
    batch = Import.objects.get()
    other = cast.network("Libraries")
    otto = signed_in(cast.coordinator(other, "Otto Else"))
    for name in ("import_check", "import_apply", "import_undo", "import_discard"):
        for slug in (place.slug, other.slug):
            assert otto.post(reverse(name, args=[slug, batch.pk])).status_code == 404
    assert otto.get(reverse("import_check", args=[other.slug, 10**17])).status_code == 404
    batch.refresh_from_db()
    assert batch.state == ImportState.DRAFT
