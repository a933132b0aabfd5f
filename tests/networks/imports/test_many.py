"""Large lists, and many presses at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.notices.models import Notice
from members.organisations.models import Organisation
from networks.imports.models import Import, ImportState
from networks.invitations.models import Invitation
from peernet.lib import files
from tests.networks.imports.desk import many, match, page, send, words


def test_a_large_list_is_looked_at_in_few_statements_and_few_bytes(desk, place):
    shown = send(desk, place, (many(1_000) + "Bad,bad,\n" * 80).encode())
    with CaptureQueriesContext(connection) as asked:
        shown = desk.get(shown.request["PATH_INFO"])
    assert len(asked) <= 12
    assert len(shown.content) < 60_000
    assert "These are 20 of 1,000." in words(shown)
    assert "These are the first 50 of 80." in words(shown)


def test_a_list_longer_than_any_other_file_is_taken(desk, place):
    people = files.MAX_ROWS + 1_000
    shown = send(desk, place, many(people).encode())
    assert "6,000 rows: 6,000 to invite" in words(shown)
    assert len(shown.content) < 60_000


def test_organisations_written_otherwise_by_the_hundred_can_still_be_matched(desk, place):
    Organisation.objects.bulk_create(Organisation(name=f"Hub {n}") for n in range(1_200))
    rows = "".join(f"p{n}@example.org,The Hub {n} Ltd\n" for n in range(1_200))
    shown = send(desk, place, ("Email,Organisation\n" + rows).encode())
    assert "These are the first 200 of 1,200." in words(shown)
    boxes = [box["value"] for box in page(shown).find_all("input", {"name": "apart"})]
    assert len(shown.content) < 200_000
    shown = match(desk, shown, apart=boxes)
    assert shown.status_code == 200
    assert len(Import.objects.get().apart) == len(boxes) == 200


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
