"""The charter: read, accepted, changed with everybody's knowledge."""

import pytest

from networks.membership.models import CharterAcceptance
from networks.network.models import Charter
from tests import cast

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(response.content.decode().split())


def test_a_member_reads_and_accepts_the_house_rules_once(signed_in):
    place = cast.network()
    client = signed_in(cast.member(place, accepts=False))
    page = f"/n/{place.slug}/charter/"
    assert "0 of 1 person has accepted it" in words(client.get(page))
    for _ in range(2):
        assert client.post(page, {"version": "1"}).url == page
    assert "You accepted these rules" in words(client.get(page))
    assert "1 of 1 person has accepted it" in words(client.get(page))
    assert CharterAcceptance.objects.count() == 1


def test_nobody_accepts_rules_that_they_did_not_see(signed_in):
    place = cast.network()
    client = signed_in(cast.member(place, accepts=False))
    page = f"/n/{place.slug}/charter/"
    Charter.objects.create(network=place, version=2, text="Pay up.")
    answer = client.post(page, {"version": "1"}, follow=True)
    assert "The house rules have just changed" in words(answer)
    assert client.post(page, {}).status_code == 302
    assert not CharterAcceptance.objects.exists()


def test_only_todays_members_are_counted(signed_in):
    place = cast.network()
    CharterAcceptance.objects.create(charter=place.charters.get(), person=cast.former_member(place))
    page = signed_in(cast.member(place, accepts=False)).get(f"/n/{place.slug}/charter/")
    assert "0 of 1 person has accepted it" in words(page)


def test_a_coordinator_looks_first_then_puts_new_rules_in_force(signed_in):
    place = cast.network()
    client, page = signed_in(cast.coordinator(place)), f"/n/{place.slug}/charter/edit/"
    look = client.post(page, {"text": "**Listen** first.", "after": "1", "look": "1"})
    assert "<strong>Listen</strong> first." in words(look)
    assert place.charters.count() == 1
    assert client.post(page, {"text": "**Listen** first.", "after": "1"}).url.endswith("/charter/")
    assert place.charters.get(version=2).text == "**Listen** first."
    assert "Version 2" in words(client.get(f"/n/{place.slug}/charter/"))


def test_the_same_rules_twice_are_one_version(signed_in):
    place = cast.network()
    client, page = signed_in(cast.coordinator(place)), f"/n/{place.slug}/charter/edit/"
    for _ in range(3):
        assert client.post(page, {"text": "Listen.", "after": "1"}).status_code == 302
    assert place.charters.count() == 2


def test_who_publishes_after_somebody_else_is_shown_both_and_can_replace_them(signed_in):
    place = cast.network()
    client, page = signed_in(cast.coordinator(place)), f"/n/{place.slug}/charter/edit/"
    Charter.objects.create(network=place, version=2, text="Their rules.")
    answer = client.post(page, {"text": "My rules.", "after": "1"})
    assert answer.status_code == 422
    assert "Somebody else put new house rules in force" in words(answer)
    assert "My rules." in words(answer)
    assert "Their rules." in words(answer)
    assert 'name="after" value="2"' in words(answer)
    assert client.post(page, {"text": "My rules.", "after": "2"}).status_code == 302
    assert place.charters.get(version=3).text == "My rules."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": ""}, "Fill in “House rules”."),
        ({"text": "r" * 8001}, "Use 8000 characters or fewer. You wrote 8001."),
        ({"text": "Rules\x00"}, "held a character that cannot be kept"),
        ({"after": "-1"}, "There is a problem"),
        ({"after": "x"}, "There is a problem"),
        ({"after": ""}, "There is a problem"),
    ],
)
def test_rules_that_cannot_be_get_a_sentence(signed_in, typed, sentence):
    place = cast.network()
    client = signed_in(cast.coordinator(place))
    answer = client.post(f"/n/{place.slug}/charter/edit/", {"text": "Ok.", "after": "1"} | typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert place.charters.count() == 1


def test_rules_run_no_script_and_load_no_picture(signed_in):
    place = cast.network()
    client = signed_in(cast.coordinator(place))
    hostile = "<script>alert(1)</script> ![x](http://e.example/x.png) [a](javascript:alert(1))"
    client.post(f"/n/{place.slug}/charter/edit/", {"text": hostile, "after": "1"})
    page = client.get(f"/n/{place.slug}/charter/").content.decode()
    assert "<script>alert" not in page
    assert "e.example/x.png" not in page or "<img" not in page
    assert 'href="javascript' not in page


def test_rules_typed_while_the_sign_in_expired_are_still_there(client, signed_in):
    place = cast.network()
    page = f"/n/{place.slug}/charter/edit/"
    client.post(page, {"text": "Typed rules.", "after": "1"})
    assert "Typed rules." in words(signed_in(cast.coordinator(place)).get(page))


def test_the_day_of_review_stands_in_the_form_so_that_saving_keeps_it(signed_in):
    place, day = cast.network(), "2027-05-23"
    Charter.objects.filter(network=place).update(review_on=day)
    client, page = signed_in(cast.coordinator(place)), f"/n/{place.slug}/charter/edit/"
    # A browser shows nothing, and sends nothing, for a day that it cannot read.
    assert f'value="{day}"' in words(client.get(page))
    client.post(page, {"text": "Listen.", "after": "1", "review_on": day})
    assert str(place.charters.get(version=2).review_on) == day
