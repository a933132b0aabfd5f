"""A coordinator sends the workbook itself: no saving as something else first."""

import io

import pytest
from django.urls import reverse
from openpyxl import Workbook

from networks.imports import actions
from networks.imports.models import Import, ImportState
from networks.invitations.models import Invitation
from peernet.lib.errors import Refused
from tests import cast
from tests.networks.imports.desk import agree, page, row, send, words

PEOPLE = [["Name", "Email"], ["Ann Lee", "ann@x.org"], ["Bob", "bob@x.org"]]
OLD = [["Ours since 2019"], [], ["Mail", "Contact"], ["cy@x.org", "Cy"]]


def workbook(hidden=(), **sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for cells in rows:
            sheet.append(cells)
        for number in hidden:
            sheet.row_dimensions[number].hidden = True
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def choose(desk, batch, at):
    address = reverse("import_sheet", args=[batch.network.slug, batch.pk])
    return desk.post(address, {"sheet": at}, follow=True)


def test_a_workbook_becomes_a_list_and_its_people_are_invited(desk, place):
    shown = send(desk, place, workbook(Members=PEOPLE), "people.xlsx")
    assert "2 rows: 2 to invite" in words(shown)
    assert "This is the sheet “Members”." in words(shown)
    assert row(shown, 2) == "Ann Lee | Row 2 · ann@x.org"
    assert not page(shown).find(id="sheets")
    assert "2 people are invited" in words(agree(desk, shown))
    assert Invitation.objects.count() == 2
    assert Import.objects.get().sheets == []


def test_hidden_rows_are_read_and_said(desk, place):
    shown = send(desk, place, workbook(hidden=[3], Members=PEOPLE), "people.xlsx")
    assert "1 of its rows is hidden: we read it too." in words(shown)
    assert row(shown, 3) == "Bob | Row 3 · bob@x.org"


def test_of_several_sheets_she_chooses(desk, place):
    data = workbook(Notes=[["Read me"]], Members=PEOPLE, Old=OLD)
    shown = send(desk, place, data, "people.xlsx")
    assert "This is the sheet “Members”." in words(shown)
    choices = page(shown).find(id="sheets").get_text(" ")
    assert "Members: 2 rows with an address" in choices
    assert "Old: 1 row with an address" in choices
    assert "Notes" not in choices
    shown = choose(desk, Import.objects.get(), 1)
    assert "This is the sheet “Old”." in words(shown)
    assert row(shown, 4) == "Cy | Row 4 · cy@x.org"
    assert row(choose(desk, Import.objects.get(), 0), 2) == "Ann Lee | Row 2 · ann@x.org"
    agree(desk, choose(desk, Import.objects.get(), 1))
    assert Invitation.objects.get().email == "cy@x.org"


@pytest.mark.parametrize("odd", ["2", "-1", "x", "", "9" * 30])
def test_a_sheet_that_is_none_changes_nothing(desk, place, odd):
    send(desk, place, workbook(Members=PEOPLE, Old=OLD), "people.xlsx")
    assert "This is the sheet “Members”." in words(choose(desk, Import.objects.get(), odd))


def test_agreeing_to_a_sheet_that_another_tab_has_changed_asks_to_look_again(desk, place):
    shown = send(desk, place, workbook(Members=PEOPLE, Old=PEOPLE), "people.xlsx")
    choose(desk, Import.objects.get(), 1)
    assert "The matching was changed meanwhile." in agree(desk, shown).content.decode()
    assert not Invitation.objects.exists()


def test_a_settled_list_has_no_other_sheet(desk, place, dan):
    shown = send(desk, place, workbook(Members=PEOPLE, Old=OLD), "people.xlsx")
    batch = Import.objects.get()
    agree(desk, shown)
    with pytest.raises(Refused):
        actions.choose_sheet(batch, 1, by=dan)
    assert Import.objects.get().state == ImportState.APPLIED


def test_a_sheet_of_another_network_is_not_there(desk, place, signed_in):
    send(desk, place, workbook(Members=PEOPLE, Old=OLD), "people.xlsx")
    other = signed_in(cast.coordinator(cast.network("Libraries"), "Otto"))
    assert choose(other, Import.objects.get(), 1).status_code == 404
    assert Import.objects.get().sheet == 0


def test_a_workbook_without_addresses_is_told_so(desk, place):
    refused = send(desk, place, workbook(Notes=[["Read me"]]), "people.xlsx")
    assert refused.status_code == 422
    assert "“people.xlsx” holds no email address." in words(refused)
