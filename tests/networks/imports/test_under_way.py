"""A list of thousands: the page answers at once, and the rest goes on without it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from members.audit.models import AuditEntry
from members.notices.models import Notice, NoticeState
from members.privacy.actions import erase
from networks.imports import actions
from networks.imports.models import Import, ImportState
from networks.imports.tasks import tick_imports
from networks.invitations.actions import take_up
from networks.invitations.models import Invitation
from peernet.lib import clock
from tests import cast
from tests.crowd import at_once
from tests.networks.imports.desk import agree, many, page, send, undo, words

PEOPLE = 2 * actions.STEP + 50  # three steps
WORKER = "import django; django.setup(); from networks.imports.actions import work; work()"


def once_each(count):
    """Everybody has one invitation and one letter."""
    addresses = Invitation.objects.values_list("email", flat=True)
    letters = Notice.objects.values_list("address", flat=True)
    return len(addresses) == len(set(addresses)) == len(letters) == len(set(letters)) == count


def test_a_list_that_fits_in_one_step_is_done_when_the_page_comes_back(desk, place):
    shown = agree(desk, send(desk, place, many(actions.STEP).encode()))
    assert "100 people are invited" in words(shown)


def test_of_a_large_list_the_first_are_invited_at_once_and_the_rest_by_the_bell(desk, place, dan):
    shown = agree(desk, send(desk, place, many(PEOPLE).encode()))
    assert once_each(actions.STEP)
    assert "100 of 250 people so far" in words(shown)
    bar = page(shown).find("progress")
    assert (bar["value"], bar["max"]) == ("100", "250")
    assert page(shown).find("a", string=re.compile("Look again"))["href"] == shown.wsgi_request.path
    tick_imports()
    assert once_each(PEOPLE)
    batch = Import.objects.get()
    assert (batch.state, batch.rows, batch.counts) == (ImportState.APPLIED, [], {"invite": PEOPLE})
    assert "250 people are invited" in words(desk.get(shown.wsgi_request.path))
    assert set(Invitation.objects.values_list("invited_by", flat=True)) == {dan.pk}
    trail = AuditEntry.objects.get(deed="import.applied")
    assert (trail.actor_id, trail.detail) == (dan.pk, {"invite": PEOPLE})


def test_the_page_asks_for_its_own_part_only_and_moves_on_when_all_is_done(desk, place):
    shown = agree(desk, send(desk, place, many(PEOPLE).encode()))
    asks = page(shown).find(attrs={"data-hx-trigger": "every 2s"})["data-hx-get"]
    part = desk.get(asks, headers={"HX-Request": "true"})
    assert page(part).find("progress")
    assert not page(part).find("html")
    assert "HX-Trigger" not in part.headers
    actions.work(1)  # 200 of 250: the third quarter is said aloud
    part = desk.get(asks, headers={"HX-Request": "true"})
    assert "200 of 250 people so far" in part.headers["HX-Trigger"]
    actions.work()
    last = desk.get(asks, headers={"HX-Request": "true"})
    assert last.headers["HX-Redirect"] == shown.wsgi_request.path


def test_a_list_under_way_is_found_again_among_the_lists_so_far(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    shown = words(desk.get(reverse("import_new", args=[place.slug])))
    assert "100 of 250 people so far" in shown
    assert "Under way" in shown


def test_without_a_broker_the_sweep_alone_finishes_a_list(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    call_command("sweep")
    assert Import.objects.get().state == ImportState.APPLIED
    assert once_each(PEOPLE)


def test_agreeing_again_while_it_goes_on_changes_nothing(desk, place):
    looked = send(desk, place, many(PEOPLE).encode())
    agree(desk, looked)
    agree(desk, looked)
    assert once_each(actions.STEP)
    tick_imports()
    agree(desk, looked)
    assert once_each(PEOPLE)


def test_who_joins_or_is_invited_in_the_middle_is_counted_as_that(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    cast.member(place, "Person 230", email="person230@example.org")
    cast.invited(place, email="person231@example.org")
    tick_imports()
    batch = Import.objects.get()
    assert batch.counts == {"invite": PEOPLE - 2, "member": 1, "invited": 1}


def test_the_first_region_of_the_file_counts_though_it_stands_in_a_later_step(desk, place):
    rows = [f"p{n}@example.org,Hope," for n in range(actions.STEP)] + ["z@example.org,Hope,Hull"]
    agree(desk, send(desk, place, ("Email,Charity,Area\n" + "\n".join(rows)).encode()))
    assert Invitation.objects.first().organisation.region == "Hull"


# --- Undo ----------------------------------------------------------------------------------------


def test_undo_stops_a_list_half_way_and_takes_back_what_was_done(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    joined = Invitation.objects.get(email="person7@example.org")
    take_up(joined, cast.person("Person 7", email=joined.email), accepts_charter=True)
    shown = undo(desk, Import.objects.get())
    assert "These had joined, and stay Person 7" in words(shown)
    tick_imports()
    assert not Invitation.objects.open().exists()
    assert Invitation.objects.count() == actions.STEP
    assert not Notice.objects.filter(state=NoticeState.PENDING).exclude(about_id=joined.pk).exists()


def test_undo_of_a_large_list_goes_on_by_itself_too(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    tick_imports()
    shown = undo(desk, Import.objects.get())
    assert "100 of 250 invitations taken back so far" in words(shown)
    tick_imports()
    assert Import.objects.get().state == ImportState.UNDONE
    assert not Invitation.objects.open().exists()
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.DROPPED}


# --- Trouble -------------------------------------------------------------------------------------


def test_when_the_network_closes_it_stops_and_says_why(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    type(place).objects.filter(pk=place.pk).update(closed_at=clock.now())
    tick_imports()
    batch = Import.objects.get()
    assert (batch.state, batch.why, batch.rows) == (
        ImportState.STOPPED, "This network is closed.", [],
    )  # fmt: skip
    type(place).objects.filter(pk=place.pk).update(closed_at=None)
    shown = desk.get(reverse("import_check", args=[place.slug, batch.pk]))
    assert "We stopped after 100 of 250" in words(shown)
    assert "This network is closed." in words(shown)
    assert "Undo this list" in words(shown)


def test_a_list_that_breaks_waits_a_minute_and_others_go_on(desk, place, travel):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    broken = Import.objects.get()
    whole = broken.rows
    Import.objects.update(rows=[*whole[:150], ["too", "short"], *whole[151:]])
    agree(desk, send(desk, place, many(PEOPLE).replace("person", "other").encode()))
    tick_imports()
    broken.refresh_from_db()
    assert (broken.state, broken.done, broken.attempts) == (ImportState.APPLYING, 100, 1)
    assert Import.objects.latest("pk").state == ImportState.APPLIED
    shown = desk.get(reverse("import_check", args=[place.slug, broken.pk]))
    assert "We try again in a minute" in words(shown)
    tick_imports()
    assert Import.objects.get(pk=broken.pk).attempts == 1
    Import.objects.filter(pk=broken.pk).update(rows=whole)
    travel(clock.now() + timedelta(minutes=2))
    tick_imports()
    assert Import.objects.get(pk=broken.pk).state == ImportState.APPLIED


def test_a_list_that_breaks_five_times_stops_and_can_be_sent_again(desk, place, travel):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    Import.objects.update(rows=[["too", "short"]] * PEOPLE)
    for _time in range(5):
        tick_imports()
        travel(clock.now() + timedelta(minutes=2))
    batch = Import.objects.get()
    assert (batch.state, batch.rows) == (ImportState.STOPPED, [])
    assert "Something broke on our side." in batch.why
    shown = agree(desk, send(desk, place, many(PEOPLE).encode()))
    tick_imports()
    assert once_each(PEOPLE)
    assert "150 people are invited" in words(desk.get(shown.wsgi_request.path))


def test_a_list_goes_with_the_account_of_whoever_sent_it(desk, place, dan):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    erase(dan, by=dan)
    tick_imports()
    batch = Import.objects.get()
    assert (batch.state, batch.rows, batch.filename) == (ImportState.STOPPED, [], "")
    assert once_each(actions.STEP)


# --- Several workers, and dead ones --------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_holds_a_list_another_passes_it_by(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    with transaction.atomic():
        Import.objects.select_for_update().get()
        assert at_once(lambda _n: actions.work(), times=2) == [0, 0]
    assert once_each(actions.STEP)


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_invite_everybody_once(desk, place):
    agree(desk, send(desk, place, many(600).encode()))
    steps = at_once(lambda _n: actions.work(), times=4)
    actions.work()  # all four may have met at the same moment, and each left it to the others
    assert sum(steps) <= 5
    assert once_each(600)
    assert Import.objects.get().counts == {"invite": 600}


def worker():
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}"
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    environment = os.environ | {
        "DATABASE_URL": f"{url}?host={host}",
        "REDIS_URL": "redis://127.0.0.1:1/0",  # there is no broker, and none is missed
        "DJANGO_SETTINGS_MODULE": "peernet.settings",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=settings.BASE_DIR)


@pytest.mark.django_db(transaction=True)
def test_workers_killed_in_the_middle_leave_nobody_out_and_invite_nobody_twice(desk, place):
    people = 24 * actions.STEP
    agree(desk, send(desk, place, many(people - 1).encode()))
    seen = [0]
    while len(seen) < 4 and seen[-1] < people:
        running = worker()
        patience = time.monotonic() + 60
        while Import.objects.get().done < seen[-1] + 3 * actions.STEP and running.poll() is None:
            assert time.monotonic() < patience, "the worker does nothing"
            time.sleep(0.002)
        running.send_signal(signal.SIGKILL)
        running.wait()
        seen.append(Import.objects.get().done)
    assert seen == sorted(set(seen)), "each worker went on where the one before it died"
    assert seen[1] < people, "no worker was caught in the middle"
    assert worker().wait(timeout=60) == 0
    assert once_each(people - 1)
    assert Import.objects.get().state == ImportState.APPLIED
    assert Counter(Invitation.objects.values_list("batch", flat=True)) == {
        Import.objects.get().pk: people - 1
    }


def test_invitations_of_a_list_stand_in_its_order_page_after_page(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    tick_imports()
    seen, here = [], f"/n/{place.slug}/invitations/"
    while here:
        shown = page(desk.get(here))
        seen += [int(n) for n in re.findall(r"Person (\d+)\b", shown.main.get_text(" "))]
        more = shown.find("a", rel="next")
        here = more and more["href"]
    assert list(dict.fromkeys(seen)) == list(range(PEOPLE))
