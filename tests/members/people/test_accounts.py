"""Accounts: one per mailbox, changed by their owner, and who runs the platform."""

import pytest
from django.core.management import CommandError, call_command

from members.audit.models import AuditEntry
from members.people.actions import welcome
from members.people.models import Person
from tests import cast
from tests.crowd import at_once

pytestmark = pytest.mark.django_db
PROFILE = {"name": "Ann Lee", "zone": "Europe/London", "language": "en-gb"}


def words(response):
    return " ".join(response.content.decode().split())


def test_an_invited_person_gets_an_account_with_the_name_they_were_invited_by():
    ivy = welcome(" Ivy@Example.org", "Ivy Stone")
    assert (ivy.email, ivy.name) == ("ivy@example.org", "Ivy Stone")
    assert not ivy.has_usable_password()
    assert ivy.emailaddress_set.get().verified is False


def test_an_account_that_is_there_keeps_the_name_its_owner_chose():
    cast.person("Ann Lee", email="ann@example.org")
    assert welcome("ANN@example.org", "Annie").name == "Ann Lee"
    assert Person.objects.count() == 1


def test_a_missing_name_is_filled_in():
    cast.person("", email="ann@example.org")
    assert welcome("ann@example.org", "Ann Lee").name == "Ann Lee"


@pytest.mark.django_db(transaction=True)
def test_twenty_who_ask_at_once_find_one_account():
    found = at_once(lambda _: welcome("ivy@example.org", "Ivy Stone").pk)
    assert len(set(found)) == 1
    ivy = Person.objects.get()
    assert ivy.emailaddress_set.count() == 1
    assert AuditEntry.objects.filter(deed="person.welcomed").count() == 1


def test_somebody_changes_what_they_are_called_and_by_which_clock_they_read(signed_in):
    ann = cast.person("Ann")
    form = PROFILE | {"name": " Ann  Lee-Ó Briain ", "zone": "America/New_York"}
    assert signed_in(ann).post("/you/profile/", form).url == "/you/"
    ann.refresh_from_db()
    assert (ann.name, ann.zone, ann.language) == ("Ann  Lee-Ó Briain", "America/New_York", "en-gb")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Fill in “What should we call you?”."),
        ({"name": "  "}, "Fill in “What should we call you?”."),
        ({"name": "a" * 121}, "Use 120 characters or fewer. You wrote 121."),
        ({"name": "Ann\x00"}, "held a character that cannot be kept"),
        ({"zone": "Mars/Base"}, "Choose one of the answers shown."),
        ({"zone": ""}, "Choose an answer for “Time zone”."),
    ],
)
def test_what_cannot_be_kept_gets_a_sentence_and_what_was_typed_stays(signed_in, typed, sentence):
    ann = cast.person("Ann Lee")
    answer = signed_in(ann).post("/you/profile/", PROFILE | {"name": "Kept Name"} | typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "name" in typed or 'value="Kept Name"' in words(answer)
    ann.refresh_from_db()
    assert ann.name == "Ann Lee"


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "Zoë 🌻", "שרה לוי", "'; DROP TABLE--"]
)
def test_odd_names_are_kept_and_shown_as_they_are(signed_in, name):
    ann = cast.person()
    signed_in(ann).post("/you/profile/", PROFILE | {"name": name})
    ann.refresh_from_db()
    assert ann.name == name
    assert "<script>alert" not in words(signed_in(ann).get("/you/profile/"))


def test_marks_that_turn_the_reading_direction_are_taken_out(signed_in):
    ann = cast.person()
    signed_in(ann).post("/you/profile/", PROFILE | {"name": "Ann\u202egro.elpmaxe"})
    ann.refresh_from_db()
    assert ann.name == "Anngro.elpmaxe"


def test_what_was_typed_waits_for_somebody_whose_sign_in_expired(client, signed_in):
    ann = cast.person("Ann Lee")
    form = PROFILE | {"name": "Ann Typed", "zone": "Asia/Tokyo"}
    assert client.post("/you/profile/", form).url == "/accounts/login/?next=/you/profile/"
    page = words(signed_in(ann).get("/you/profile/"))
    assert 'value="Ann Typed"' in page
    assert 'value="Asia/Tokyo" selected' in page


def test_an_operator_is_made_on_the_server(capsys):
    call_command("operator", "Olu@example.org")
    call_command("operator", "olu@example.org")
    assert Person.objects.get().is_operator
    assert AuditEntry.objects.filter(deed="operator.made").count() == 1
    assert "olu@example.org is an operator now" in capsys.readouterr().out


def test_what_is_no_address_makes_no_operator():
    with pytest.raises(CommandError, match="is not an email address"):
        call_command("operator", "olu")
    assert not Person.objects.exists()


def test_pages_speak_the_language_and_show_the_time_that_somebody_chose(signed_in):
    gwen = cast.person(language="cy", zone="Asia/Tokyo")
    page = signed_in(gwen).get("/you/profile/")
    assert page.headers["Content-Language"] == "cy"
    assert '<html lang="cy">' in page.content.decode()


def test_nobody_is_asked_for_a_language_where_there_is_only_one(signed_in, settings):
    settings.LANGUAGES = [("en-gb", "English")]
    ann = cast.person()
    page = signed_in(ann).get("/you/profile/")
    assert 'name="language"' not in page.content.decode()
    form = {key: value for key, value in PROFILE.items() if key != "language"}
    assert signed_in(ann).post("/you/profile/", form).status_code == 302


def test_a_flood_sent_while_signed_out_is_not_kept(client):
    client.post("/you/profile/", PROFILE | {"name": "x" * 200_000})
    assert "kept" not in client.session
