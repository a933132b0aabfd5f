"""“Did you mean…?”: an organisation is typed that nearly is one already known; the person says."""

import re

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.organisations.actions import recognise
from members.organisations.models import KnownAs, Organisation
from networks.doubles.queries import nearly
from networks.imports.models import Import
from networks.invitations.models import Invitation
from networks.membership.actions import begin
from tests import cast
from tests.networks.imports.desk import agree, page, send, words

pytestmark = pytest.mark.django_db
KNOWN, TYPED = "Octopus Care Hub", "Octopuss Care Hub"


@pytest.fixture
def place():
    return cast.network("Pubs")


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def desk(signed_in, dan):
    return signed_in(dan)


@pytest.fixture
def octopus(place):
    cast.member(place, "Ann Lee", organisation=KNOWN)
    return Organisation.objects.get(name=KNOWN)


def invite(desk, place, organisation, **more):
    typed = {"email": "ivy@x.org", "name": "Ivy", "organisation": organisation, "role": "member"}
    return desk.post(reverse("invite", args=[place.slug]), typed | more)


def answers(response):
    """What the question offers."""
    asked = BeautifulSoup(response.content, "html.parser")
    return [box["value"] for box in asked.find_all("input", {"name": "meant"})]


def test_it_is_asked_once_and_the_known_one_is_taken(desk, place, octopus):
    asked = invite(desk, place, TYPED)
    assert asked.status_code == 422
    assert "Did you mean…?" in words(asked)
    assert f"No, “{TYPED}” is another one" in words(asked)
    assert page(asked).find("input", {"name": "email"})["value"] == "ivy@x.org"
    assert page(asked).find("input", {"name": "organisation"})["value"] == TYPED
    assert not Invitation.objects.exists()
    assert answers(asked) == [KNOWN, f"={TYPED}"]
    assert invite(desk, place, TYPED, meant=KNOWN).status_code == 302
    assert Invitation.objects.get().organisation == octopus
    assert not Organisation.objects.filter(name=TYPED).exists()


def test_another_one_may_be_called_nearly_so(desk, place, octopus):
    assert invite(desk, place, TYPED, meant=f"={TYPED}").status_code == 302
    made = Invitation.objects.get()
    assert made.organisation.name == TYPED
    # Neither to correct something else of it nor for the next of its people is it asked again.
    edit = reverse("invitation_edit", args=[place.slug, made.pk])
    form = page(desk.get(edit)).find("form", action=None) or page(desk.get(edit)).main.form
    typed = {box["name"]: box.get("value", "") for box in form.find_all("input", type="hidden")}
    typed |= {"email": made.email, "name": "Ivy S", "organisation": TYPED, "role": "member"}
    assert desk.post(edit, typed).status_code == 302
    assert invite(desk, place, TYPED, email="joe@x.org").status_code == 302


def test_an_answer_holds_for_the_name_that_it_was_given_for(desk, place, octopus):
    answer = invite(desk, place, "Octopus Car Hub", meant=f"={TYPED}")
    assert answer.status_code == 422
    assert answers(answer) == [KNOWN, "=Octopus Car Hub"]
    assert invite(desk, place, TYPED, meant="Somebody Else").status_code == 422


def test_what_is_known_or_quite_another_name_is_not_asked_about(desk, place, octopus):
    KnownAs.objects.create(organisation=octopus, name="Octopus Care Hubb")
    for at, name in enumerate(["octopus  care hub", "Octopus Care Hubb", "Hull Trust", ""]):
        assert invite(desk, place, name, email=f"p{at}@x.org").status_code == 302
    assert Invitation.objects.filter(organisation=octopus).count() == 2


def test_nobody_learns_of_organisations_in_networks_that_they_are_not_in(desk, place, dan):
    other = cast.network("Libraries")
    cast.member(other, "Bo", organisation=KNOWN)
    asked_in = cast.invited(other)
    asked_in.organisation = recognise("Hull Truss")
    asked_in.save()
    assert invite(desk, place, TYPED).status_code == 302
    assert nearly(["Hull Trust"], dan) == {}
    begin(other, dan, by=dan)
    assert nearly([f"{KNOWN}s"], dan) == {f"{KNOWN}s": [KNOWN, TYPED]}
    assert nearly(["Hull Trust"], dan) == {}, "who is asked in is the coordinators'"
    assert nearly(["Hull Trust"], cast.coordinator(other)) == {"Hull Trust": ["Hull Truss"]}
    operator = cast.person("Olu", is_operator=True)
    assert nearly(["Hull Trust"], operator) == {"Hull Trust": ["Hull Truss"]}


def test_a_list_says_which_of_its_organisations_are_nearly_known_ones(desk, place, octopus):
    sheet = f"Email,Organisation\na@x.org,{TYPED}\nb@x.org,{TYPED}\nc@x.org,Leeds Trust\n"
    shown = send(desk, place, sheet.encode())
    assert "1 organisation is nearly one we know." in words(shown)
    assert f"Did you mean {KNOWN}?" in words(shown)
    form = page(shown).find(id="matching").form
    (box,) = form.find_all("input", {"name": "same"})
    assert f"“{TYPED}” is {KNOWN}" in form.get_text(" ")
    fields = {
        select["name"]: select.find("option", selected=True)["value"]
        for select in form.find_all("select")
    }
    shown = desk.post(form["action"], fields | {"same": box["value"]}, follow=True)
    assert "nearly" not in words(shown)
    assert f"“{TYPED}”, taken as {KNOWN}" in words(shown)
    with CaptureQueriesContext(connection) as asked:
        desk.get(shown.request["PATH_INFO"])
    assert sum("similarity" in one["sql"] for one in asked) == 1
    shown = desk.post(form["action"], fields, follow=True)  # what was said stays
    agree(desk, shown)
    names = dict(Invitation.objects.values_list("email", "organisation__name"))
    assert names == {"a@x.org": KNOWN, "b@x.org": KNOWN, "c@x.org": "Leeds Trust"}
    assert Import.objects.get().same == {}


def test_what_was_said_to_be_the_same_can_be_taken_back(desk, place, octopus):
    shown = send(desk, place, f"Email,Organisation\na@x.org,{TYPED}\n".encode())
    form = page(shown).find(id="matching").form
    fields = {
        select["name"]: select.find("option", selected=True)["value"]
        for select in form.find_all("select")
    }
    key = form.find("input", {"name": "same"})["value"]
    shown = desk.post(form["action"], fields | {"same": key}, follow=True)
    shown = desk.post(form["action"], fields | {"apart": key}, follow=True)
    assert re.search("Did you mean", words(shown)) is None
    agree(desk, shown)
    assert Invitation.objects.get().organisation.name == TYPED
