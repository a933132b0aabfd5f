"""Who is in a network: members see one another, coordinators see addresses too."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from members.people.models import Person
from networks.directory import queries
from networks.membership import actions
from networks.membership.models import Membership, Role
from peernet.lib import clock
from peernet.pages.actions import close_account
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


def listed(client, place, **query):
    return " ".join(
        client.get(reverse("people", args=[place.slug]), query).content.decode().split()
    )


def profile(client, place, person):
    return client.get(reverse("person", args=[place.slug, person.pk]))


def spell(place, person):
    return Membership.objects.filter(network=place, person=person).current().get()


def test_members_see_names_organisations_roles_and_since_when(place, dan, signed_in):
    may = datetime(2025, 5, 3, tzinfo=UTC)
    ann = cast.member(place, "Ann Lee", organisation="Octopus Centre", since=may)
    html = listed(signed_in(ann), place)
    for words in ("Ann Lee", "Octopus Centre · since May 2025", "Dan Price", "Coordinator"):
        assert words in html
    assert dan.email not in html


def test_only_coordinators_see_addresses(place, dan, signed_in):
    ann, bo = cast.member(place, "Ann Lee"), cast.facilitator(place, "Bo Nim")
    for reader in (ann, bo):
        client = signed_in(reader)
        assert dan.email not in listed(client, place)
        assert dan.email not in profile(client, place, dan).content.decode()
        own = profile(client, place, reader).content.decode()
        assert reader.email in own
        assert "Leave this network" in own
    client = signed_in(dan)
    assert ann.email in listed(client, place)
    assert ann.email in profile(client, place, ann).content.decode()


def test_since_survives_a_change_of_role_but_not_a_break(place, dan):
    ann = cast.member(place, since=clock.now() - timedelta(days=400))
    began = spell(place, ann).since
    actions.change_role(spell(place, ann), Role.FACILITATOR, by=dan)
    row = queries.visible_to(dan, place).get(person=ann)
    assert (row.role, row.joined) == (Role.FACILITATOR, began)
    actions.leave(place, by=ann)
    back = actions.begin(place, ann, by=dan)
    assert queries.visible_to(dan, place).get(person=ann).joined == back.since


def test_strangers_former_members_and_other_networks_see_nobody(place, dan):
    others = [cast.person("Oz"), cast.former_member(place), cast.coordinator(cast.network())]
    for reader in others:
        assert not queries.visible_to(reader, place).exists()


def test_people_are_found_by_name_and_by_organisation(place, dan, signed_in):
    cast.member(place, "Ann Lee", organisation="Octopus Centre")
    cast.member(place, "Bo Nim", organisation="Brixton Farm")
    client = signed_in(dan)
    for looked_for, found in (("lee", "Ann Lee"), ("BRIXTON", "Bo Nim"), ("nim  farm", "Bo Nim")):
        html = listed(client, place, q=looked_for)
        assert found in html
        assert html.count('class="person"') == 1
    html = listed(client, place, q="<b>nobody</b>%_\x00")
    assert "Nobody here has “&lt;b&gt;nobody&lt;/b&gt;%_”" in html
    assert "Ann Lee" in listed(client, place, q=" ")


def test_a_network_of_one_says_what_to_do_first(place, dan, signed_in):
    assert "It is only you so far" in listed(signed_in(dan), place)


def test_a_long_list_comes_in_pages_by_name_and_nobody_is_lost(
    place, dan, signed_in, django_assert_max_num_queries
):
    people = Person.objects.bulk_create(
        Person(email=f"p{n}@example.org", name=f"Person {n // 2:03}") for n in range(999)
    )
    Membership.objects.bulk_create(Membership(network=place, person=each) for each in people)
    client = signed_in(dan)
    seen, after, pages = [], None, 0
    while True:
        rows, after = queries.page(queries.visible_to(dan, place).current(), place, after)
        seen += [row.person_id for row in rows]
        pages += 1
        if after is None:
            break
    assert (len(seen), len(set(seen)), pages) == (1000, 1000, 20)
    assert "Person 023" in listed(client, place)
    with django_assert_max_num_queries(10):
        html = listed(client, place, after=seen[49])
    assert "Person 023" not in html.split("</nav>")[-2]
    assert "From the start" in html
    for odd in ("x", "-1", "9" * 40, "999999999"):
        assert client.get(reverse("people", args=[place.slug]), {"after": odd}).status_code == 200


def test_nobody_outside_is_a_place_to_read_on_from(place, dan):
    """Else one could find out, by trying, how people of other networks are called."""
    stranger = cast.person("Mia")
    rows, _more = queries.page(queries.visible_to(dan, place).current(), place, stranger.pk)
    assert rows == []


def test_a_coordinator_changes_a_role(place, dan, signed_in):
    ann = cast.member(place)
    client = signed_in(dan)
    address = reverse("role", args=[place.slug, ann.pk])
    form = {"role": "facilitator", "spell": spell(place, ann).pk}
    html = client.post(address, form, follow=True).content.decode()
    assert "Saved." in html
    assert spell(place, ann).role == Role.FACILITATOR


@pytest.mark.parametrize(
    "wrong", [{"role": "owner"}, {"role": ""}, {"spell": "x"}, {"spell": "9" * 30}]
)
def test_a_role_that_is_none_is_refused(place, dan, signed_in, wrong):
    ann = cast.member(place)
    form = {"role": "facilitator", "spell": spell(place, ann).pk} | wrong
    answer = signed_in(dan).post(reverse("role", args=[place.slug, ann.pk]), form)
    assert (answer.status_code, "There is a problem" in answer.content.decode()) == (422, True)
    assert spell(place, ann).role == Role.MEMBER


def test_a_role_changed_meanwhile_is_shown_before_it_is_changed_again(place, dan, signed_in):
    ann = cast.member(place)
    old = spell(place, ann)
    actions.change_role(old, Role.COORDINATOR, by=dan)
    client, address = signed_in(dan), reverse("role", args=[place.slug, ann.pk])
    answer = client.post(address, {"role": "facilitator", "spell": old.pk})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody changed this a moment ago: they are “Coordinator” now." in html
    shown = html.split('name="spell" value="')[1].split('"')[0]
    assert client.post(address, {"role": "facilitator", "spell": shown}).status_code == 302


def test_the_last_coordinator_is_told_why_they_cannot_step_down(place, dan, signed_in):
    form = {"role": "member", "spell": spell(place, dan).pk}
    answer = signed_in(dan).post(reverse("role", args=[place.slug, dan.pk]), form)
    assert "Make another person coordinator first." in answer.content.decode()
    assert spell(place, dan).role == Role.COORDINATOR


def test_taking_somebody_out_can_be_undone(place, dan, signed_in):
    ann = cast.member(place, "Ann Lee")
    client = signed_in(dan)
    html = client.post(reverse("person_remove", args=[place.slug, ann.pk]), follow=True)
    html = html.content.decode()
    assert "Ann Lee is no longer in the network." in html
    assert "took Ann out" in profile(client, place, ann).content.decode()
    undo = reverse("person_restore", args=[place.slug, ann.pk])
    assert f'action="{undo}"' in html
    assert "Ann Lee is back." in client.post(undo, follow=True).content.decode()
    assert spell(place, ann)


def test_members_neither_see_nor_touch_who_is_gone(place, dan, signed_in):
    gus, ann = cast.former_member(place, "Gus Hill"), cast.member(place)
    client = signed_in(ann)
    assert "Gus Hill" not in listed(client, place)
    assert profile(client, place, gus).status_code == 404
    for deed in ("role", "person_remove", "person_restore"):
        assert client.post(reverse(deed, args=[place.slug, dan.pk])).status_code == 403
        assert client.get(reverse(deed, args=[place.slug, dan.pk])).status_code in (403, 405)


def test_a_role_in_another_network_is_not_changed_from_here(place, dan, signed_in):
    ann, elsewhere = cast.member(place), cast.network("Community Libraries")
    cast.member(elsewhere, person=ann)
    form = {"role": "facilitator", "spell": spell(elsewhere, ann).pk}
    signed_in(dan).post(reverse("role", args=[place.slug, ann.pk]), form)
    assert spell(elsewhere, ann).role == Role.MEMBER


def test_undo_is_there_for_the_one_who_was_taken_out_only(place, dan, signed_in):
    gone, here = cast.member(place, "Gus Hill"), cast.member(place, "Ann Lee")
    client = signed_in(dan)
    client.post(reverse("person_remove", args=[place.slug, gone.pk]))
    undo = reverse("person_restore", args=[place.slug, gone.pk])
    assert undo in listed(client, place, removed=gone.pk)
    assert undo not in listed(client, place, removed=here.pk)


def test_who_closed_their_account_is_no_former_member_to_look_up(place, dan, signed_in):
    gus = cast.member(place, "Gus Hill")
    close_account(address=gus.email, by=gus)
    assert profile(signed_in(dan), place, gus).status_code == 404


def test_who_left_by_themselves_is_not_put_back_by_an_undo(place, dan, signed_in):
    gus = cast.former_member(place, "Gus Hill")
    undo = reverse("person_restore", args=[place.slug, gus.pk])
    assert undo not in listed(signed_in(dan), place, removed=gus.pk)
