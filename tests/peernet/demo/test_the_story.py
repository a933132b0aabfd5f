"""The demonstration: made once, and every page of it opens."""

from collections import deque
from urllib.parse import urldefrag, urljoin

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.db import connection

from members.people.models import Person
from networks.archives.models import NetworkArchive
from networks.archives.queries import is_there, opens_for
from networks.charter.queries import in_force, owing
from networks.consents.models import Consent
from networks.consents.queries import agreeing
from networks.consents.rules import NAMED, PICTURES
from networks.funding.models import Programme
from networks.network.models import Charter, Network
from peernet.demo.actions import tell_story
from peernet.demo.queries import parts, person_of
from sessions.cadence.models import Session

pytestmark = pytest.mark.django_db
MOST_PAGES = 150
# Followed by a crawler, this one would end the visit.
LEAVE_OUT = ("/accounts/logout/", "/source/", "/static/")


@pytest.fixture
def story(told, demo):
    return demo


def test_the_story_is_told_once(story):
    people = Person.objects.count()
    assert not tell_story()
    assert Person.objects.count() == people
    assert not Person.objects.filter(demo=False).exists(), "everybody is marked as invented"
    assert not Person.objects.filter(quiet_hours=True).exists()


def test_a_copy_of_the_network_lies_ready_and_one_room_is_sealed_in_it(story):
    made = NetworkArchive.objects.get()
    assert is_there(made)
    assert list(made.sealed.values_list("room__name", "parts")) == [("Spring table", 1)]
    names = {one.name for one in Person.objects.all() if opens_for(made.network, one)}
    assert "Mo Rahman" in names
    assert "Amina Begum" not in names  # of the first cohort
    assert made.by.name not in names
    assert Session.objects.filter(cohort__isnull=False).values("cohort").distinct().count() == 2


def test_only_who_is_meant_to_has_yet_to_accept_the_house_rules_and_all_else_may_write(story):
    late = {
        (text.network.slug, one.name)
        for text in Charter.objects.filter(in_force(), room=None, network__closed_at=None)
        for one in owing(text)
    }
    assert late == {("care", "Chloe Dunn"), ("care", "Fay Okoro"), ("care", "Ursula Finch")}


def test_what_its_people_agreed_to_counts_and_what_was_changed_since_does_not(story):
    care = Network.objects.get(slug="care")
    assert {one.name for one in agreeing(care, NAMED)} == {"Dan Price"}
    assert Consent.objects.filter(ended="new text").exists()
    assert agreeing(care, PICTURES).count() == 4


def test_outside_demo_mode_there_is_no_story_and_no_such_page(client, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demonstration"):
        call_command("demo")
    for address in ("/demo/", "/mailbox/", "/demo/as/operator/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404


@pytest.mark.parametrize("role", ["member", "coordinator", "funder", "operator"])
def test_one_press_makes_somebody_that_person(story, client, role):
    assert f"/demo/as/{role}/" in client.get("/demo/").content.decode()
    assert client.get(f"/demo/as/{role}/").status_code == 405
    page = client.post(f"/demo/as/{role}/", follow=True)
    assert f"Hello {person_of(role).short_name}" in page.content.decode()


def test_nobody_can_be_somebody_the_story_does_not_name(story, client):
    assert client.post("/demo/as/dan/").status_code == 404


def links(page, address):
    for anchor in BeautifulSoup(page.content, "html.parser").select("a[href]"):
        target = urldefrag(urljoin(address, anchor["href"])).url
        if target.startswith("/") and not target.startswith(LEAVE_OUT):
            yield target


@pytest.mark.parametrize("role", [part.role for part in parts()])
def test_every_page_that_can_be_reached_opens(story, client, role):
    client.post(f"/demo/as/{role}/")
    waiting, seen, broken = deque(["/"]), {"/"}, []
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.popleft()
        page = client.get(address)
        if page.status_code >= 400:
            broken.append((page.status_code, address))
        elif page.headers.get("Content-Type", "").startswith("text/html"):
            fresh = [link for link in links(page, address) if link not in seen]
            seen.update(fresh)
            waiting.extend(dict.fromkeys(fresh))
    assert broken == []
    assert len(seen) > 3


def test_the_funder_does_not_wait_for_a_planner_that_takes_every_table_for_empty(story, client):
    """As after a vacuum that found only rows not yet committed: loops within loops took minutes."""
    client.post("/demo/as/funder/")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10s'")
        cursor.execute("DELETE FROM pg_statistic")
        cursor.execute(
            "UPDATE pg_class SET reltuples = 0, relpages = 1 WHERE relkind IN ('r', 'i')"
        )
    for programme in Programme.objects.all():
        assert client.get(f"/programmes/{programme.slug}/").status_code == 200
