"""A list of thousands: the page answers at once, and a worker does it, wholly or not at all."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from threading import Event

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from members.audit.models import AuditEntry
from members.notices.models import Notice, NoticeState
from members.organisations.models import Organisation
from members.privacy.actions import erase
from networks.imports import actions
from networks.imports.models import Import, ImportState
from networks.imports.queries import progress, tell_progress
from networks.imports.tasks import tick_drafts, tick_imports
from networks.invitations.actions import take_up
from networks.invitations.models import Invitation
from peernet.lib import clock
from tests import cast
from tests.crowd import at_once
from tests.networks.imports.desk import agree, many, page, send, undo, words

PEOPLE = actions.AT_ONCE + 150
WORKER = "import django; django.setup(); from networks.imports.actions import work; work()"


def once_each(count):
    """Everybody has one invitation and one letter."""
    addresses = Invitation.objects.values_list("email", flat=True)
    letters = Notice.objects.values_list("address", flat=True)
    return len(addresses) == len(set(addresses)) == len(letters) == len(set(letters)) == count


def test_a_short_list_is_done_when_the_page_comes_back(desk, place):
    shown = agree(desk, send(desk, place, many(actions.AT_ONCE).encode()))
    assert "100 people are invited" in words(shown)


def test_a_long_list_is_done_by_the_bell(desk, place, dan):
    shown = agree(desk, send(desk, place, many(PEOPLE).encode()))
    assert once_each(0)
    assert "0 of 250 people so far" in words(shown)
    assert "Either everybody on the list is invited, or nobody." in words(shown)
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
    tell_progress(Import.objects.get(), 200)  # the third quarter is said aloud
    part = desk.get(asks, headers={"HX-Request": "true"})
    assert "200 of 250 people so far" in part.headers["HX-Trigger"]
    bar = page(part).find("progress")
    assert (bar["value"], bar["max"]) == ("200", "250")
    actions.work()
    last = desk.get(asks, headers={"HX-Request": "true"})
    assert last.headers["HX-Redirect"] == shown.wsgi_request.path


def test_without_the_cache_the_page_still_says_that_it_goes_on(desk, place, settings):
    shown = agree(desk, send(desk, place, many(PEOPLE).encode()))
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    assert "0 of 250 people so far" in words(desk.get(shown.wsgi_request.path))
    tick_imports()
    assert once_each(PEOPLE)


def test_a_list_under_way_is_found_again_among_the_lists_so_far(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    shown = words(desk.get(reverse("import_new", args=[place.slug])))
    assert "0 of 250 people so far" in shown
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


def test_the_first_region_of_the_file_counts_though_it_stands_far_below(desk, place):
    rows = [f"p{n}@example.org,Hope," for n in range(actions.CHUNK)] + ["z@example.org,Hope,Hull"]
    agree(desk, send(desk, place, ("Email,Charity,Area\n" + "\n".join(rows)).encode()))
    tick_imports()
    assert Invitation.objects.first().organisation.region == "Hull"


# --- Undo ----------------------------------------------------------------------------------------


def test_a_list_that_waits_can_be_stopped_and_nobody_is_invited(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    shown = undo(desk, Import.objects.get())
    assert "Undone Nobody is invited from it." in words(shown).replace("people.csv ", "")
    tick_imports()
    assert once_each(0)


def test_undo_of_a_large_list_goes_on_by_itself_too(desk, place):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    tick_imports()
    joined = Invitation.objects.get(email="person7@example.org")
    take_up(joined, cast.person("Person 7", email=joined.email), accepts_charter=True)
    shown = undo(desk, Import.objects.get())
    assert "0 of 249 invitations taken back so far" in words(shown)
    tick_imports()
    batch = Import.objects.get()
    assert (batch.state, batch.result) == (ImportState.UNDONE, [])
    assert not Invitation.objects.open().exists()
    assert not Notice.objects.filter(state=NoticeState.PENDING).exclude(about_id=joined.pk).exists()
    assert "These had joined, and stay Person 7" in words(desk.get(shown.wsgi_request.path))


# --- Trouble -------------------------------------------------------------------------------------


def test_when_the_network_closes_nobody_is_invited_and_it_can_be_started_again(desk, place):
    shown = agree(desk, send(desk, place, many(PEOPLE).encode()))
    type(place).objects.filter(pk=place.pk).update(closed_at=clock.now())
    tick_imports()
    assert Import.objects.get().state == ImportState.STOPPED
    assert once_each(0)
    type(place).objects.filter(pk=place.pk).update(closed_at=None)
    shown = desk.get(shown.wsgi_request.path)
    assert "That did not work Nobody of the list is invited." in words(shown)
    assert "This network is closed." in words(shown)
    shown = agree(desk, shown)  # Start again
    assert "0 of 250 people so far" in words(shown)
    tick_imports()
    assert once_each(PEOPLE)
    assert "This network is closed." not in words(desk.get(shown.wsgi_request.path))


def test_a_list_that_did_not_work_is_forgotten_after_a_day(desk, place, travel):
    agree(desk, send(desk, place, (many(PEOPLE) + "Bad,bad,\n").encode()))
    Import.objects.update(state=ImportState.STOPPED, settled_at=clock.now())
    tick_drafts()
    assert len(Import.objects.get().rows) == PEOPLE
    travel(clock.now() + timedelta(hours=25))
    tick_drafts()
    batch = Import.objects.get()
    assert (batch.rows, batch.result) == ([], [])
    shown = desk.get(reverse("import_check", args=[place.slug, batch.pk]))
    assert "Send the list again" in words(shown)
    agree_to = reverse("import_apply", args=[place.slug, batch.pk])
    desk.post(agree_to)
    assert Import.objects.get().state == ImportState.STOPPED


def test_a_list_that_breaks_waits_a_minute_and_others_go_on(desk, place, travel):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    broken = Import.objects.get()
    whole = broken.rows
    Import.objects.update(rows=[*whole[:150], ["too", "short"], *whole[151:]])
    agree(desk, send(desk, place, many(PEOPLE).replace("person", "other").encode()))
    tick_imports()
    broken.refresh_from_db()
    assert (broken.state, broken.done, broken.attempts) == (ImportState.APPLYING, 0, 1)
    assert once_each(PEOPLE)
    assert Import.objects.latest("pk").state == ImportState.APPLIED
    shown = desk.get(reverse("import_check", args=[place.slug, broken.pk]))
    assert "We try again in a minute" in words(shown)
    tick_imports()
    assert Import.objects.get(pk=broken.pk).attempts == 1
    Import.objects.filter(pk=broken.pk).update(rows=whole)
    travel(clock.now() + timedelta(minutes=2))
    tick_imports()
    assert Import.objects.get(pk=broken.pk).state == ImportState.APPLIED


def test_a_list_that_breaks_five_times_stops_and_can_be_started_again(desk, place, travel):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    whole = Import.objects.get().rows
    Import.objects.update(rows=[*whole[:-1], ["too", "short"]])
    for _time in range(5):
        tick_imports()
        travel(clock.now() + timedelta(minutes=2))
    batch = Import.objects.get()
    assert batch.state == ImportState.STOPPED
    assert "Something broke on our side." in batch.why
    assert once_each(0)
    Import.objects.update(rows=whole)
    desk.post(reverse("import_apply", args=[place.slug, batch.pk]))
    tick_imports()
    assert once_each(PEOPLE)


def test_a_list_goes_with_the_account_of_whoever_sent_it(desk, place, dan):
    agree(desk, send(desk, place, many(PEOPLE).encode()))
    erase(dan, by=dan)
    tick_imports()
    batch = Import.objects.get()
    assert (batch.state, batch.rows, batch.filename) == (ImportState.STOPPED, [], "")
    assert once_each(0)


# --- What became of each row ---------------------------------------------------------------------


def test_the_result_says_of_each_row_what_became_of_it_and_why(desk, place, travel):
    cast.member(place, "Ann", email="ann@x.org")
    cast.invited(place, email="bob@x.org")
    for _time in range(5):
        often = cast.invited(place, email="often@x.org")
        type(often).objects.filter(pk=often.pk).update(withdrawn_at=clock.now())
    sheet = (
        "Email;Name\ncy at x.org;Cy\n=ed@x.org;Ed\nANN@x.org;Ann\nbob@x.org;Bob\ndi@x.org;Di\n"
        "di@x.org;Di\noften@x.org;Often\n;Nobody\n"
    )
    shown = agree(desk, send(desk, place, sheet.encode()))
    link = page(shown).find("a", string=re.compile("Download row by row"))["href"]
    answer = desk.get(link)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert rows[0] == ["Row", "Email address", "What became of it", "Why"]
    assert [row[:3] for row in rows[1:]] == [
        ["2", "cy at x.org", "Not invited: bad address"],
        ["3", "'=ed@x.org", "Invited"],  # no spreadsheet runs it
        ["4", "ann@x.org", "Already there: a member"],
        ["5", "bob@x.org", "Already there: invited before"],
        ["6", "di@x.org", "Invited"],
        ["7", "di@x.org", "Not invited: twice in this file"],
        ["8", "often@x.org", "Not invited: asked too often today"],
        ["9", "", "Not invited: no address"],
    ]
    assert rows[6][3] == "The same address is in row 6."
    assert "The mails go one by one, in the next minutes." in words(shown)
    travel(clock.now() + timedelta(days=8))
    tick_drafts()
    assert Import.objects.get().result == []
    later = words(desk.get(shown.wsgi_request.path))
    assert "Download row by row" not in later
    assert "in the next minutes" not in later


def test_the_result_goes_with_the_account_of_anybody_it_may_name(desk, place):
    agree(desk, send(desk, place, b"di@x.org, ed@x.org"))
    other = cast.network("Elsewhere")
    stranger = cast.member(other, "Stranger")
    erase(stranger, by=stranger)
    assert "di@x.org" in str(Import.objects.get().result)
    di = cast.person("Di", email="di@x.org")
    erase(di, by=di)
    assert Import.objects.get().result == []


# --- Several workers, and dead ones --------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_holds_a_list_others_pass_it_by_and_nobody_waits(desk, place):
    looked = agree(desk, send(desk, place, many(PEOPLE).encode()))
    held = Event()
    done = Event()

    def hold(n):
        if n:
            assert held.wait(60)
            answer = actions.work(), page(undo(desk, Import.objects.get())).get_text(" ")
            done.set()
            return answer
        with transaction.atomic():
            Import.objects.select_for_update().get()
            held.set()
            return done.wait(60)

    _waited, (lists, said) = at_once(hold, times=2)
    assert lists == 0
    assert "This list is being dealt with at this moment." in said
    assert "of 250 people so far" in words(desk.get(looked.wsgi_request.path))
    assert once_each(0)


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_invite_everybody_once(desk, place):
    agree(desk, send(desk, place, many(600).encode()))
    lists = at_once(lambda _n: actions.work(), times=4)
    actions.work()  # all four may have met at the same moment, and each left it to the others
    assert sum(lists) <= 1
    assert once_each(600)
    assert Import.objects.get().counts == {"invite": 600}


def worker():
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}"
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    environment = os.environ | {
        "DATABASE_URL": f"{url}?host={host}",
        "REDIS_URL": settings.CACHES["default"]["LOCATION"],
        "CACHE_PREFIX": settings.CACHES["default"]["KEY_PREFIX"],
        "DJANGO_SETTINGS_MODULE": "peernet.settings",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, cwd=settings.BASE_DIR)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_has_done_nothing_and_the_next_does_all(desk, place):
    people = 6 * actions.CHUNK
    agree(desk, send(desk, place, many(people).encode()))
    running = worker()
    patience = time.monotonic() + 120
    while progress(Import.objects.get()) < actions.CHUNK:
        assert running.poll() is None, "the worker was not caught in the middle"
        assert time.monotonic() < patience, "the worker does nothing"
        time.sleep(0.002)
    running.send_signal(signal.SIGKILL)
    running.wait()
    batch = Import.objects.get()
    assert (batch.state, batch.done) == (ImportState.APPLYING, 0)
    assert once_each(0)
    assert not Organisation.objects.exists()
    assert worker().wait(timeout=240) == 0
    assert once_each(people)
    assert Import.objects.get().state == ImportState.APPLIED


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
