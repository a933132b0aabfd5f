"""A coordinator sends the sheet she has, looks, agrees, and may take it back."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import perf_counter

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
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

SHEET = """Our people;;;
;;;
Organisation;Name;E-mail;Role
Hope Ltd;Zoë Ball;zoe@x.org;
The Ark;Bob O’Brien; <BOB@y.org> ;Facilitator
;;dan-is-here@x.org;
Hope;Zoë again;zoe@x.org;
Ark;Cy;cy at z.org;
Ark;Di;;
"""


@pytest.fixture
def place(db):
    return cast.network("Health and Social Care")


@pytest.fixture
def dan(place):
    return cast.coordinator(place, email="dan-is-here@x.org")


@pytest.fixture
def desk(signed_in, dan):
    return signed_in(dan)


def send(desk, place, data, name="people.csv", **more):
    """Send a file (bytes) or paste a text; follow to where it leads."""
    file = None if isinstance(data, str) else SimpleUploadedFile(name, data)
    fields = {"file": file} if file else {"people": data}
    return desk.post(reverse("import_new", args=[place.slug]), fields | more, follow=True)


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def words(response):
    return " ".join(page(response).main.get_text(" ").split())


def agree(desk, response):
    """Press the button that invites."""
    form = page(response).find("form", action=re.compile("/apply/$"))
    data = {field["name"]: field["value"] for field in form.find_all("input")}
    return desk.post(form["action"], data, follow=True)


def undo(desk, batch):
    return desk.post(reverse("import_undo", args=[batch.network.slug, batch.pk]), follow=True)


def row(response, number):
    """What the preview says of a row: the name, what is known of it, what becomes of it."""
    (found,) = (
        item
        for item in page(response).select("main .rows > li")
        if re.match(rf"Row {number}( ·|$)", item.p.get_text() if item.p else "")
    )
    return " | ".join(" ".join(text.split()) for text in found.stripped_strings)


def match(desk, response, **changed):
    """Correct the matching that the page shows, and look again."""
    form = page(response).find(id="matching").form
    fields = {
        select["name"]: select.find("option", selected=True)["value"]
        for select in form.find_all("select")
    }
    return desk.post(form["action"], fields | changed, follow=True)


# --- Looking -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_her_own_sheet_is_shown_row_by_row_and_nobody_is_invited(desk, place, encoding):
    shown = send(desk, place, SHEET.encode(encoding))
    assert (
        "6 rows: 2 to invite, 1 already a member, 1 twice in this file, 1 with a bad address, "
        "1 without an address" in words(shown)
    )
    assert "people.csv" in words(shown)
    assert row(shown, 4) == "Zoë Ball | Row 4 · zoe@x.org · Hope Ltd"
    assert row(shown, 5) == "Bob O’Brien | Row 5 · bob@y.org · The Ark · as a facilitator"
    assert row(shown, 6) == "No name | Row 6 · dan-is-here@x.org | Member already"
    assert row(shown, 7).endswith("| The same address is in row 4. | Twice in this file")
    assert row(shown, 8) == "Cy | Row 8 · cy at z.org · Ark | There is no @ in it. | Bad address"
    assert row(shown, 9) == "Di | Row 9 · Ark | There is no address in this row. | No address"
    assert not Invitation.objects.exists()
    assert not Notice.objects.exists()
    assert not Organisation.objects.exists()


def test_problems_come_before_what_is_well(desk, place):
    shown = words(send(desk, place, SHEET.encode()))
    assert shown.index("These will not be invited") < shown.index("These will be invited")


def test_cells_pasted_from_a_sheet_are_read_too(desk, place):
    shown = send(desk, place, "\tEmail\tName\r\n1\tann@x.org\tAnn Lee\r\n2\tbob@x.org\tBob\r\n")
    assert "2 rows: 2 to invite" in words(shown)
    assert row(shown, 2) == "Ann Lee | Row 2 · ann@x.org"


def test_a_list_of_addresses_is_read_too(desk, place):
    shown = send(desk, place, "Ann Lee <ann@x.org>; bob@y.org")
    assert row(shown, 1) == "Ann Lee | Row 1 · ann@x.org"
    assert row(shown, 2) == ("bob | Row 2 · bob@y.org | There is no name, so we write to “bob”.")


def test_organisations_are_recognised_and_new_ones_listed(desk, place):
    recognise("Ark")
    shown = send(desk, place, SHEET.encode())
    assert "Ark 1 person · “The Ark” in the file Known here" in words(shown)
    assert "Hope Ltd 1 person New" in words(shown)
    assert "“The Ark”, taken as Ark" in words(shown)


def test_the_matching_can_be_corrected_and_shows_what_comes_of_it(desk, place):
    shown = send(desk, place, b"Wer,Wo,Mail\nAnn Lee,Hope,ann@x.org\nBob,Ark,bob@x.org\n")
    assert row(shown, 2).startswith("ann | Row 2 · ann@x.org |")
    shown = match(desk, shown, name="0", organisation="1")
    assert row(shown, 2) == "Ann Lee | Row 2 · ann@x.org · Hope"
    shown = match(desk, shown, heading="none")
    assert "3 rows: 2 to invite, 1 with a bad address" in words(shown)


def test_an_organisation_can_be_kept_apart_from_the_one_it_looks_like(desk, place):
    recognise("Hope")
    shown = send(desk, place, b"Email,Organisation\nann@x.org,Hope CIC\n")
    assert "· Hope |" in row(shown, 2)
    shown = match(desk, shown, apart="hope")
    assert "· Hope CIC |" in row(shown, 2)
    assert page(shown).find("input", {"name": "apart", "checked": True})
    agree(desk, shown)
    assert Invitation.objects.get().organisation.name == "Hope CIC"
    assert Organisation.objects.count() == 2


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"email": ""}, "Choose an answer for “Email address”."),
        ({"email": "none"}, "Choose one of the answers shown."),
        ({"email": "99"}, "Choose one of the answers shown."),
        ({"email": "x'; --"}, "Choose one of the answers shown."),
        ({"heading": "7"}, "Choose one of the answers shown."),
        ({"apart": "nonsense"}, "Choose among the answers shown."),
    ],
)
def test_a_matching_that_cannot_be_is_refused_beside_its_field(desk, place, form, sentence):
    recognise("Hope")
    shown = send(desk, place, b"Email,Organisation\nann@x.org,Hope CIC\n")
    refused = match(desk, shown, **form)
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert "There is a problem" in words(refused)
    assert Import.objects.get().columns == {"email": 0, "organisation": 1}


def test_cells_are_shown_as_text_whatever_they_hold(desk, place):
    shown = send(desk, place, b'Name,Email\n<script>alert(1)</script>,a@x.org\n"=1+1",b@x.org')
    assert not page(shown).main.find_all("script")
    assert row(shown, 2).startswith("<script>alert(1)</script> |")
    assert row(shown, 3).startswith("=1+1 |")


# --- What is no list ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"PK\x03\x04....", "a.xlsx", "“a.xlsx” is damaged or cut off."),
        (b"\xd0\xcf\x11\xe0....", "a.xls", "“a.xls” is an old Excel workbook."),
        (b"%PDF-1.7", "list.pdf", "“list.pdf” is a PDF."),
        (b"", "none.csv", "“none.csv” is empty."),
        (b"Name,Email\nAnn,\n", "a.csv", "“a.csv” holds no email address."),
        (b"x" * (2 * 1024 * 1024 + 1), "huge.csv", "“huge.csv” is larger than 2 MB."),
        (b"a@x.org\n" * 5_001, "long.csv", "“long.csv” has 5,001 rows."),
        (b"\x00\x01\x02" * 99, "<b>.csv", "“<b>.csv” holds no text we can read."),
        ("   \n", "", "Choose a file, or paste the people below."),
        ("nobody", "", "What you pasted holds no email address."),
    ],
)
def test_what_is_no_list_is_refused_by_name_and_reason(desk, place, data, name, sentence):
    refused = send(desk, place, data, name)
    assert refused.status_code == 422
    summary, field = page(refused).find(class_="summary"), page(refused).find(class_="error")
    assert sentence in summary.get_text()
    assert sentence in field.get_text()
    assert not Import.objects.exists()


def test_what_was_pasted_stays_when_it_is_refused(desk, place):
    refused = send(desk, place, "Ann Lee\tann at x.org")
    assert page(refused).find("textarea").get_text().strip() == "Ann Lee\tann at x.org"


def test_a_file_and_a_paste_together_are_not_guessed_between(desk, place):
    refused = send(desk, place, b"Email\na@x.org", people="b@x.org")
    assert "There is a file, too. Send one or the other." in words(refused)


def test_what_was_pasted_waits_for_a_sign_in_that_expired(place, dan, client, signed_in):
    address = reverse("import_new", args=[place.slug])
    client.post(address, {"people": "ann@x.org"})
    shown = signed_in(dan).get(address)
    assert page(shown).find("textarea").get_text().strip() == "ann@x.org"


# --- Agreeing ----------------------------------------------------------------------------------


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


# --- Many --------------------------------------------------------------------------------------


def many(people):
    return "Name,Email,Organisation\n" + "".join(
        f"Person {n},person{n}@example.org,Organisation {n % 200}\n" for n in range(people)
    )


def test_a_thousand_rows_are_looked_at_and_agreed_to_quickly(desk, place):
    shown = send(desk, place, (many(1_000) + "Bad,bad,\n" * 80).encode())
    with CaptureQueriesContext(connection) as asked:
        shown = desk.get(shown.request["PATH_INFO"])
    assert len(asked) <= 12
    assert len(shown.content) < 60_000
    assert "These are 20 of 1,000." in words(shown)
    assert "These are the first 50 of 80." in words(shown)
    start = perf_counter()
    agree(desk, shown)
    assert perf_counter() - start < 5
    assert Invitation.objects.count() == Notice.objects.count() == 1_000


def test_every_row_can_be_seen_a_page_at_a_time(desk, place):
    address = send(desk, place, many(450).encode()).request["PATH_INFO"]
    seen, here = [], f"{address}?after=0"
    while here:
        shown = page(desk.get(here))
        seen += [int(number) for number in re.findall(r"Row (\d+) ·", shown.get_text())]
        link = shown.find("a", string=re.compile("The next rows"))
        here = link and address + link["href"].removeprefix(address)
    assert seen == list(range(2, 452))


# --- At once -----------------------------------------------------------------------------------


def together(*deeds):
    start = Barrier(len(deeds))

    def do(deed):
        try:
            start.wait()
            return deed().status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


@pytest.fixture
def twin_browsers(dan):
    """As many browsers of the same coordinator as are asked for."""

    def enter():
        client = Client()
        client.force_login(dan, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return lambda count: [enter() for _n in range(count)]


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_at_once_have_one_effect(place, dan, twin_browsers):
    browsers = twin_browsers(20)
    key = {"once": "9d3a1d0e-6f0c-4d0c-9a77-0d6f4a9f7a11", "people": "Ann <ann@x.org>; bob@y.org"}
    new = reverse("import_new", args=[place.slug])
    assert together(*[lambda b=b: b.post(new, key) for b in browsers]) == [302] * 20
    batch = Import.objects.get()
    shown = browsers[0].get(reverse("import_check", args=[place.slug, batch.pk]))
    mark = page(shown).find("input", {"name": "mark"})["value"]
    address = reverse("import_apply", args=[place.slug, batch.pk])
    assert together(*[lambda b=b: b.post(address, {"mark": mark}) for b in browsers]) == [302] * 20
    assert Invitation.objects.count() == Notice.objects.count() == 2
    address = reverse("import_undo", args=[place.slug, batch.pk])
    assert together(*[lambda b=b: b.post(address) for b in browsers]) == [302] * 20
    assert not place.invitations.open().exists()
    assert Import.objects.get().state == ImportState.UNDONE


@pytest.mark.django_db(transaction=True)
def test_two_lists_with_the_same_people_at_once_invite_each_once(place, dan, twin_browsers):
    one, two = twin_browsers(2)
    marked = []
    for desk in (one, two):
        shown = send(desk, place, many(60).encode())
        form = page(shown).find("form", action=re.compile("/apply/$"))
        mark = form.find("input", {"name": "mark"})["value"]
        marked.append((desk, form["action"], mark))
    together(*[lambda b=b, a=a, m=m: b.post(a, {"mark": m}) for b, a, m in marked])
    assert Invitation.objects.count() == Notice.objects.count() == 60
