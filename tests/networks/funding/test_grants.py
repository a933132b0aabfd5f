"""Grants: written down by a coordinator, put right, removed; the funder's name is no key."""

import re
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client

from members.notices.models import Notice
from networks.funding.models import Funder, FunderSeat, Grant, Programme
from networks.funding.queries import funded_until
from tests import cast
from tests.crowd import at_once

pytestmark = pytest.mark.django_db
FORM = {
    "funder": "Example Trust",
    "programme": "Peer Networks",
    "amount": "£60,000",
    "starts_on": "2026-01-01",
    "ends_on": "2027-06-30",
    "contact": "",
    "shares": "on",
}


@pytest.fixture
def place():
    return cast.network("Libraries", slug="libraries")


@pytest.fixture
def dan(place, signed_in):
    return signed_in(cast.coordinator(place))


def words(response):
    return " ".join(response.content.decode().split())


def add(client, slug="libraries", **typed):
    return client.post(f"/n/{slug}/grants/new/", FORM | typed)


def mark(page):
    return page.content.decode().split('name="mark" value="')[1].split('"')[0]


def correct(client, grant, opened=None, **typed):
    page = f"/n/{grant.network.slug}/grants/{grant.pk}/"
    form = FORM | {"mark": mark(opened or client.get(page))} | typed
    return client.post(page, form)


def test_a_grant_says_who_pays_how_much_and_until_when(dan, place, travel):
    travel(datetime(2026, 11, 23, 9, tzinfo=UTC))  # another year is said with the day
    assert add(dan).url == "/n/libraries/grants/"
    grant = Grant.objects.get()
    assert (grant.programme.funder.name, grant.programme.name) == ("Example Trust", "Peer Networks")
    assert (grant.amount, grant.starts_on) == (Decimal(60000), date(2026, 1, 1))
    assert funded_until(place) == date(2027, 6, 30)
    page = words(dan.get("/n/libraries/grants/"))
    assert "£60,000 from Example Trust" in page
    assert "Paid for until Wednesday 30 June 2027." in page


def test_grants_may_overlap_and_the_last_day_counts(dan, place):
    add(dan)
    add(dan, programme="Other line", ends_on="2026-12-31")
    assert Grant.objects.count() == 2
    assert funded_until(place) == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("typed", "pounds"),
    [
        ("60 000", "60000"), ("60000.50", "60000.50"), ("60k", "60000"), ("£1.5m", "1500000"),
        ("  750,000 ", "750000"), ("0", "0"), ("60\u00a0000", "60000"), ("GBP 12.5", "12.50"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(dan, typed, pounds):
    add(dan, amount=typed)
    assert Grant.objects.get().amount == Decimal(pounds)


BAD = [
    ({"funder": ""}, "Fill in “Funder”."),
    ({"funder": "f" * 161}, "Use 160 characters or fewer. You wrote 161."),
    ({"funder": "Trust\x00"}, "held a character that cannot be kept"),
    ({"programme": "   "}, "Fill in “Programme”."),
    ({"amount": ""}, "Fill in “Amount in pounds”."),
    ({"amount": "-5"}, "Enter an amount in pounds"),
    ({"amount": "60.000"}, "Enter an amount in pounds"),
    ({"amount": "a lot"}, "Enter an amount in pounds"),
    ({"amount": "1e9"}, "Enter an amount in pounds"),
    ({"amount": "9" * 40}, "Enter an amount in pounds"),
    ({"starts_on": ""}, "Enter a date for “From”."),
    ({"starts_on": "2026-02-30"}, "Enter a real date for “From”"),
    ({"ends_on": "next year"}, "Enter a real date for “Until”"),
    ({"ends_on": "2025-12-31"}, "The last day must not be before the first."),
    ({"ends_on": "9999-12-31"}, "Check the year. Is it 9999?"),
    ({"starts_on": "0026-01-01"}, "Check the year. Is it 26?"),
    ({"contact": "uma at trust"}, "Enter an email address like name@example.org."),
]


@pytest.mark.parametrize(("typed", "sentence"), BAD)
def test_what_cannot_be_a_grant_gets_a_sentence_and_stays(dan, typed, sentence):
    answer = add(dan, **({"programme": "Kept Programme"} | typed))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "There is a problem" in words(answer)
    assert "programme" in typed or 'value="Kept Programme"' in words(answer)
    assert not Grant.objects.exists()
    assert not Funder.objects.exists()


@pytest.mark.parametrize(("typed", "sentence"), BAD)
def test_what_cannot_be_a_grant_changes_none(dan, place, typed, sentence):
    grant = cast.grant(place)
    answer = correct(dan, grant, **typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert Grant.objects.get().programme == grant.programme


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "Trust 🌻", "קרן"])
def test_odd_names_are_kept_and_shown_as_they_are(dan, name):
    add(dan, funder=name)
    assert Funder.objects.get().name == name
    assert "<script>alert" not in words(dan.get("/n/libraries/grants/"))


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_write_one_grant(place):
    coordinator = cast.coordinator(place)
    key = str(uuid.uuid4())

    def press(_):
        client = Client()
        client.force_login(coordinator, backend=settings.AUTHENTICATION_BACKENDS[1])
        return add(client, once=key, contact="uma@trust.org").status_code

    assert set(at_once(press)) == {302}
    assert (Grant.objects.count(), Programme.objects.count(), Funder.objects.count()) == (1, 1, 1)
    assert FunderSeat.objects.count() == Notice.objects.filter(kind="funder_seat").count() == 1


@pytest.mark.django_db(transaction=True)
def test_networks_that_name_one_funder_at_once_name_the_same(place):
    places = [cast.network(f"Network {n}") for n in range(8)]
    people = [cast.coordinator(place) for place in places]

    def press(n):
        client = Client()
        client.force_login(people[n], backend=settings.AUTHENTICATION_BACKENDS[1])
        name = "Example Trust" if n % 2 else "example  TRUST"
        return add(client, places[n].slug, funder=name).status_code

    assert set(at_once(press, 8)) == {302}
    assert (Grant.objects.count(), Programme.objects.count(), Funder.objects.count()) == (8, 1, 1)


def test_what_was_typed_waits_for_somebody_whose_sign_in_expired(client, place, signed_in):
    typed = {key: value for key, value in FORM.items() if key != "shares"}
    page = "/n/libraries/grants/new/"
    assert client.post(page, typed).url == f"/accounts/login/?next={page}"
    html = words(signed_in(cast.coordinator(place)).get(page))
    assert 'value="Example Trust"' in html
    assert 'value="£60,000"' in html
    assert 'value="2027-06-30"' in html
    assert "checked" not in re.search(r'<input type="checkbox" name="shares"[^>]*>', html)[0]


def test_the_browser_offers_only_names_from_this_networks_own_grants(dan, place):
    cast.grant(place, cast.programme("Our Programme", funder="Our Trust"))
    elsewhere = cast.network("Elsewhere")
    cast.grant(elsewhere, cast.programme("Secret Programme", funder="Secret Trust"))
    page = words(dan.get("/n/libraries/grants/new/"))
    assert '<option value="Our Trust">' in page
    assert "Secret" not in page


def test_a_grant_is_put_right(dan, place):
    grant = cast.grant(place)
    opened = dan.get(f"/n/libraries/grants/{grant.pk}/")
    assert 'value="60,000"' in words(opened)
    answer = correct(dan, grant, opened, amount="61,500.75", ends_on="2028-01-31")
    assert answer.url == "/n/libraries/grants/"
    grant.refresh_from_db()
    assert (grant.amount, grant.ends_on) == (Decimal("61500.75"), date(2028, 1, 31))


def test_who_saves_after_somebody_else_is_told_and_can_save_again(dan, place):
    grant = cast.grant(place)
    opened = dan.get(f"/n/libraries/grants/{grant.pk}/")
    Grant.objects.update(amount=70000)
    answer = correct(dan, grant, opened, amount="65,000")
    assert answer.status_code == 422
    assert "Somebody else changed this while you were typing" in words(answer)
    assert "£70,000" in words(answer)
    assert 'value="65,000"' in words(answer)
    assert correct(dan, grant, answer, amount="65,000").status_code == 302
    assert Grant.objects.get().amount == Decimal(65000)


def test_the_same_correction_twice_is_no_quarrel(dan, place):
    grant = cast.grant(place)
    opened = dan.get(f"/n/libraries/grants/{grant.pk}/")
    for _ in range(2):
        assert correct(dan, grant, opened, amount="65,000").status_code == 302


def test_a_grant_written_down_by_mistake_is_removed_and_can_be_put_back(dan, place):
    grant = cast.grant(place, funder_agreed_at=None)
    removed = dan.post(f"/n/libraries/grants/{grant.pk}/", {"remove": "1"}, follow=True)
    assert "The grant was removed." in words(removed)
    assert not Grant.objects.exists()
    again = words(dan.get("/n/libraries/grants/new/"))
    assert 'value="60,000"' in again
    assert dan.post(f"/n/libraries/grants/{grant.pk}/", {"remove": "1"}).status_code == 404


def test_a_grant_that_the_funder_agreed_to_stays(dan, place):
    grant = cast.grant(place)
    answer = dan.post(f"/n/libraries/grants/{grant.pk}/", {"remove": "1"}, follow=True)
    assert "The funder has agreed to this grant, so it stays." in words(answer)
    assert Grant.objects.count() == 1


@pytest.mark.parametrize("pk", [0, 999_999, 10**30])
def test_a_grant_that_is_not_there_is_not_found(dan, pk):
    assert dan.get(f"/n/libraries/grants/{pk}/").status_code == 404
    assert dan.post(f"/n/libraries/grants/{pk}/", FORM).status_code == 404
    assert dan.post(f"/n/libraries/grants/{pk}/sharing/", {"shares": "1"}).status_code == 404


def test_a_grant_of_another_network_is_not_found(dan):
    grant = cast.grant(cast.network("Elsewhere"), network_agreed_at=None)
    assert dan.get(f"/n/libraries/grants/{grant.pk}/").status_code == 404
    assert dan.post(f"/n/libraries/grants/{grant.pk}/sharing/", {"shares": "1"}).status_code == 404
    grant.refresh_from_db()
    assert grant.network_agreed_at is None


def test_a_page_of_many_grants_asks_no_more_than_a_page_of_one(
    dan, place, django_assert_max_num_queries
):
    cast.grant(place)
    dan.get("/n/libraries/grants/")
    with django_assert_max_num_queries(20) as few:
        dan.get("/n/libraries/grants/")
    for number in range(12):
        cast.grant(place, cast.programme(funder=f"Trust {number}"))
    with django_assert_max_num_queries(len(few)):
        dan.get("/n/libraries/grants/")
