"""The sweep itself: every page, fragment, file, letter and log line, as every role."""

import sys
import time

import pytest
from django.core.cache import cache
from django.core.management import call_command

from members.audit.models import AuditEntry
from members.notices.models import Notice
from members.notices.notices import kinds
from tests.world import ROLES

from . import crawl, mails, verdict
from .crawl import Met, Where
from .land import arguments, freshen, land
from .paint import paint, paint_addresses

# The first test waits for the whole sweep, on however slow a machine.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1500)]


@pytest.fixture(scope="module")
def swept(django_db_setup, django_db_blocker):
    """The land walked through once, for all tests here."""
    with django_db_blocker.unblock():
        try:
            yield sweep()
        finally:
            call_command("flush", interactive=False, verbosity=0)


def sweep() -> Met:
    began = time.process_time()
    cache.clear()  # the limits of those who had these numbers before
    here = land()
    paint_addresses()
    freshen(here)
    args = arguments(here)
    met = Met(paint(here))
    freshen(here)
    with crawl.listening(met):
        mails.tell_everybody(here)
        met.kinds = mails.read_letters(here, met)
        mails.run_every_job()
        met.visitors = crawl.visit_everything(here, args, met)
    met.args = args
    for entry in AuditEntry.objects.all():
        met.read("log", Where("audit", entry.deed), f"{entry.deed} {entry.detail}")
    for row in Notice.objects.all():
        met.read("log", Where("outbox", row.kind), row.reason)
    met.seconds = time.process_time() - began
    return met


def test_nobody_meets_a_word_that_is_not_for_them(swept):
    found = verdict.leaks(swept)
    assert not found, "\n".join([f"{len(found)} leaks", *found])


def test_every_word_is_met_by_those_it_is_for(swept):
    """Else the sweep would be blind, and find nothing wherever it looked."""
    found = verdict.unseen(swept)
    assert not found, "\n".join(found)


def test_no_page_of_the_sweep_is_broken(swept):
    """A page that fails says nothing, and hides what it would say. No beat runs here, and the
    passkey of this world was made by no device."""
    assert swept.broken <= {"healthz", "passkey_ready"}


@pytest.mark.parametrize("role", ["member", "operator"])
def test_a_search_for_a_word_that_is_not_for_them_finds_nothing(swept, role):
    """One word of each field: the answer is as long as that to a word that nobody wrote."""
    visitor, words = swept.visitors[role], {}
    for canary in swept.canaries:
        if role not in canary.allowed and canary.word in swept.words:
            words[canary.stands[0]] = canary.word
    # Doubles are found by likeness, and an operator sees every organisation: words of eight letters
    # are like each other by chance.
    places = [one for one in crawl.searches(visitor, swept.args) if "/doubles/" not in one]
    assert places, "there is nothing to search: this test is blind"
    for place in places:
        nothing = len(visitor.client.get(place, {"q": "qzzzzzzz"}).content)
        for label, word in words.items():
            found = visitor.client.get(place, {"q": word})
            assert len(found.content) == nothing, (role, place, label)


def test_there_is_a_letter_of_every_kind(swept):
    assert set(mails.TELLINGS) == set(kinds()), "give each kind its line in tests/canary/mails.py"
    assert swept.kinds == set(kinds()), sorted(set(kinds()) - swept.kinds)


def test_the_sweep_is_as_wide_as_it_is_said_to_be(swept, capsys):
    pairs = verdict.pairs(swept, ROLES)
    words = len({one.word for one in swept.canaries})
    with capsys.disabled():
        sys.stdout.write(
            f"\ncanary: {words} words, {pairs} (word, role) pairs, {swept.documents} documents, "
            f"{len(swept.seen)} pairs met, {swept.seconds:.0f} s of one processor\n"
        )
    assert pairs >= 2_000
    assert swept.documents > 3_000
