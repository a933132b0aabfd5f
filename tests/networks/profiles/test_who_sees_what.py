"""What people tell of themselves is seen as far as they chose, and by every door alike."""

import csv
import io

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.people.models import Person
from networks.directory import queries as directory
from networks.links.rules import FACTS, PEOPLE
from networks.profiles import actions, queries, rules
from networks.profiles.models import Detail
from networks.profiles.rules import (
    ABOUT,
    COORDINATORS,
    EMAIL,
    EVERYBODY,
    LINK,
    LINKED,
    ME,
    NETWORK,
    PLACE,
)
from peernet.lib.errors import Refused
from peernet.pages.actions import close_account
from tests import cast
from tests.rows.links import stand

pytestmark = pytest.mark.django_db
# One word for each field that stands nowhere else; the place must be one we know.
WORDS = {
    PLACE: "Merthyr Tydfil", ABOUT: "Quince jelly", "pronouns": "xe/xem", "languages": "Volapük",
    LINK: "https://zuzu.example/", "phone": "07700 900777",
}  # fmt: skip


@pytest.fixture
def ann(home):
    return cast.member(home, "Ånn Ōsaka", email="ann@hidden.example")


@pytest.fixture
def home():
    return cast.network(slug="home")


@pytest.fixture
def readers(home, ann):
    """Who looks, by how near they stand; several stand equally near."""
    open_to, shut, far = (cast.network(slug=slug) for slug in ("open", "shut", "far"))
    stand(home, open_to, kind="peer", gives=[PEOPLE])
    stand(home, shut, kind="peer", gives=[FACTS])
    return [
        (ME, ann),
        (COORDINATORS, cast.coordinator(home)),
        (NETWORK, cast.member(home, "Bo Nim")),
        (NETWORK, cast.facilitator(home, "Fay Oh")),
        (LINKED, cast.coordinator(open_to, "Olu Lin")),
        (EVERYBODY, cast.coordinator(shut, "Sue Shut")),
        (EVERYBODY, cast.coordinator(far, "Far Away")),
        (EVERYBODY, cast.former_member(home)),
        (EVERYBODY, None),
    ]


def tell(person, **levels):
    said = {code: (WORDS.get(code, ""), level) for code, level in levels.items()}
    actions.tell(person, said, by=person)


def seen(reader, person):
    told = queries.details(reader, [person])[person.pk]
    return {code for code, words in told.items() if words}


@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    levels=st.fixed_dictionaries({}, optional={code: st.integers(ME, EVERYBODY) for code in WORDS}),
    email=st.none() | st.integers(COORDINATORS, EVERYBODY),
)
def test_nobody_further_away_sees_more_and_each_sees_what_the_level_says(
    levels, email, ann, readers
):
    Detail.objects.all().delete()
    tell(ann, **levels, **({} if email is None else {EMAIL: email}))
    before = set(rules.BY_CODE)
    for view, reader in readers:
        now = seen(reader, ann)
        known = levels | {EMAIL: COORDINATORS if email is None else email}
        expected = {code for code, level in known.items() if view <= level}
        assert now == expected | ({EMAIL} if reader == ann else set()), view
        assert now <= before, "the set of what is seen grew with the distance"
        before = now
        if view:
            assert set(queries.as_seen(ann, view)) == now, "the preview says something else"


@pytest.mark.parametrize("level", [ME, COORDINATORS, NETWORK, LINKED, EVERYBODY])
def test_every_door_says_the_same(level, ann, home, readers, signed_in):
    tell(ann, **dict.fromkeys(WORDS, level), **{EMAIL: max(level, COORDINATORS)})
    for view, reader in readers:
        browser = signed_in(reader) if reader else Client()
        shown = view <= level
        answers = {
            name: browser.get(address)
            for name, address in (
                ("card", reverse("card", args=[ann.pk])),
                ("person", reverse("person", args=[home.slug, ann.pk])),
            )
        }
        for name, answer in answers.items():
            if answer.status_code == 200:
                said = [word in answer.content.decode() for word in WORDS.values()]
                assert said == [shown] * len(WORDS), (name, view, level)
        near = view <= NETWORK
        away = 404 if reader else 302
        assert answers["card"].status_code == (200 if near or shown else away), (view, level)
        assert answers["person"].status_code == (200 if near else away), (view, level)
        if near:
            found = {
                row.person for row in directory.search(
                    directory.visible_to(reader, home), "Quince", reader)}  # fmt: skip
            assert (ann in found) == shown, "search knows what the page does not"
            listed = browser.get(reverse("people", args=[home.slug]), {"place": WORDS[PLACE]})
            names = BeautifulSoup(listed.content, "html.parser").select(".person a")
            assert bool([one for one in names if ann.name in one.get_text()]) == shown
            assert (WORDS[ABOUT] in listed.content.decode()) == shown


@pytest.mark.parametrize("level", [ME, COORDINATORS])
def test_the_file_of_a_coordinator_holds_what_they_may_see(level, ann, home, signed_in):
    tell(ann, **dict.fromkeys(WORDS, level))
    answer = signed_in(cast.coordinator(home)).post(
        reverse("people_export", args=[home.slug]), {"kind": "csv"}
    )
    text = answer.content.decode("utf-8-sig")
    rows = {row["Name"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert rows[ann.name]["Email address"] == ann.email
    shown = rows[ann.name]["Place"], rows[ann.name]["About you"]
    assert shown == ((WORDS[PLACE], WORDS[ABOUT]) if level else ("", ""))
    assert ("Quince" in text) == bool(level)


def test_a_linked_network_lists_only_those_who_want_to_be_seen(ann, home, readers, signed_in):
    olu = next(one for view, one in readers if view == LINKED)
    cast.member(home, "Hid Den")
    tell(ann, about=LINKED, place=NETWORK)
    link = next(iter(queries.Link.objects.filter(flows__what=PEOPLE)))
    page = signed_in(olu).get(reverse("link_people", args=["open", link.pk])).content.decode()
    assert ann.name in page
    assert WORDS[ABOUT] in page
    assert "Hid Den" not in page
    assert WORDS[PLACE] not in page
    link.flows.update(until=link.agreed_at)
    gone = signed_in(olu).get(reverse("link_people", args=["open", link.pk]))
    assert gone.status_code == 404
    assert signed_in(olu).get(reverse("card", args=[ann.pk])).status_code == 404


def test_a_name_is_found_in_any_script_with_or_without_its_accents(ann, home):
    reader = cast.coordinator(home)
    others = [cast.member(home, name) for name in ("Łucja Żak", "علي حسن", "陳大文")]
    rows = directory.visible_to(reader, home)
    for typed, person in (("ann osaka", ann), ("ŻAK", others[0]), ("حسن", others[1]),
                          ("大文", others[2])):  # fmt: skip
        assert {row.person for row in directory.search(rows, typed, reader)} == {person}, typed


def test_the_list_narrows_to_place_role_organisation_topic_and_cohort(ann, home, signed_in):
    bo = cast.facilitator(home, "Bo Nim", organisation="Ark")
    cohort = home.cohorts.create(name="First", starts_on="2026-01-01")
    cohort.spells.create(person=bo)
    tell(ann, place=NETWORK)
    client = signed_in(cast.coordinator(home))

    def named(**asked):
        html = client.get(reverse("people", args=[home.slug]), asked).content
        return {one.get_text(strip=True) for one in
                BeautifulSoup(html, "html.parser").select(".rows .person a")}  # fmt: skip

    for asked, person in (
        ({"place": "merthyr tydfil"}, ann), ({"role": "facilitator"}, bo),
        ({"organisation": "ark"}, bo), ({"cohort": cohort.pk}, bo),
    ):  # fmt: skip
        (only,) = named(**asked)
        assert person.name in only, asked
    assert named(place="Merthyr Tydfil", role="facilitator") == set()
    assert len(named(cohort=10**6)) == 3, "what is not there asks for nothing"


def test_the_form_keeps_what_was_typed_and_names_places_that_were_meant(ann, signed_in):
    client, where = signed_in(ann), reverse("own_details")
    levels = {f"{code}_level": field.first for code, field in rules.BY_CODE.items()}
    wrong = client.post(where, levels | {"place": "Ledes", "about": "Quince jelly"})
    assert wrong.status_code == 422
    assert "Leeds" in wrong.content.decode()
    assert "Quince jelly" in wrong.content.decode()
    assert not Detail.objects.exists()
    client.post(where, levels | {"place": "  leeds ", "about": "Quince jelly"})
    assert Detail.objects.get(what=PLACE).words == "Leeds"
    client.post(where, levels | {"place": "", "about": "Quince jelly"})
    assert not Detail.objects.filter(what=PLACE).exists()
    assert client.post(where, levels | {"email_level": ME}).status_code == 422


def test_only_they_themselves_choose_and_a_closed_account_tells_nothing(ann, readers):
    other = next(one for view, one in readers if view == COORDINATORS)
    with pytest.raises(Refused):
        actions.tell(ann, {ABOUT: ("Tea", NETWORK)}, by=other)
    tell(ann, **dict.fromkeys(WORDS, EVERYBODY))
    close_account(address=ann.email, by=ann)
    for _view, reader in readers[1:]:
        assert queries.card(reader, ann.pk) is None
    assert not Detail.objects.filter(person=ann).exists()
    assert Person.objects.filter(pk=ann.pk).exists()
