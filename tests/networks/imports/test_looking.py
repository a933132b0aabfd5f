"""A coordinator sends the sheet she has, and sees row by row what would happen."""

import pytest
from django.urls import reverse

from members.notices.models import Notice
from members.organisations.actions import recognise
from members.organisations.models import Organisation
from networks.imports.models import Import
from networks.invitations.models import Invitation
from tests.networks.imports.desk import SHEET, agree, match, page, row, send, words


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
        (b"x" * (10 * 1024 * 1024 + 1), "huge.csv", "“huge.csv” is larger than 10 MB."),
        (b"a@x.org\n" * 50_021, "long.csv", "“long.csv” has 50,021 rows."),
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
