"""Fifty edits at random, and the calendars of two people show just what our pages show."""

import random
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from peernet.lib import clock
from peernet.lib.errors import Refused
from sessions.cadence import actions
from sessions.cadence.models import Session, SessionState
from tests import cast
from tests.sessions.around import calendar_of, cancel, dates, lasts_until, move, plan, post, ring
from tests.sessions.calendar.reading import Inbox

EDITS = 50


class Life:
    """A network in which things happen by the dice; its people's calendars take all mails."""

    def __init__(self, seed, travel):
        self.dice, self.travel = random.Random(seed), travel
        travel(datetime(2026, 3, 1, 12, tzinfo=UTC))
        self.place = cast.network()
        self.dan = cast.coordinator(self.place)
        self.grant = cast.grant(self.place, ends_on=date(2026, 7, 31))
        first = plan(self.place, self.dan, rhythm=self.dice.choice(["1", "3", "monthly"]))
        self.cadence = first.cadence
        self.inboxes = {}
        self.join("Ann Lee")
        self.inboxes[self.dan] = Inbox()
        self.deliver()

    def join(self, name):
        self.inboxes[cast.member(self.place, name)] = Inbox()

    def deliver(self):
        ring()
        for message in post():
            person = next(p for p in self.inboxes if message.to == [p.email])
            if text := calendar_of(message):
                self.inboxes[person].take(text)

    def any_of(self, **state):
        found = Session.objects.filter(network=self.place, **state).future(clock.now())
        return self.dice.choice(list(found) or [None])

    def edit(self):
        deed = self.dice.choice(
            [
                self.moves,
                self.moves,
                self.cancels,
                self.takes_on,
                self.money,
                self.time,
                self.single,
            ]
        )
        with suppress(Refused):  # the rules may say no, as they would to a person
            deed()

    def moves(self):
        if one := self.any_of(state=SessionState.PLANNED):
            by = timedelta(days=self.dice.randint(-3, 9), hours=self.dice.randint(-2, 5))
            move(one, datetime.combine(one.date, one.time) + by, self.dan)

    def cancels(self):
        if one := self.any_of(state=self.dice.choice(["planned", "tentative"])):
            cancel(one, self.dan)

    def takes_on(self):
        if one := self.any_of(state=SessionState.TENTATIVE):
            actions.take_on(one, by=self.dan)

    def money(self):
        lasts_until(self.grant, date(2026, 3, 31) + timedelta(days=self.dice.randint(0, 300)))

    def time(self):
        self.travel(clock.now() + timedelta(days=self.dice.randint(1, 6)))

    def single(self):
        there = clock.now().replace(tzinfo=None, microsecond=0)
        plan(
            self.place, self.dan, rhythm="once", title="Once",
            first=there + timedelta(days=self.dice.randint(1, 90)),
        )  # fmt: skip

    def truth(self):
        """The starts of everything sure that calendars were told of, as our pages show them."""
        sure = Session.objects.filter(network=self.place).exclude(
            state__in=[SessionState.CANCELLED, SessionState.TENTATIVE]
        )
        return sorted(sure.values_list("starts_at", flat=True))

    def check(self, since=datetime(2026, 1, 1, tzinfo=UTC)):
        # An endless series goes on beyond the dates that we have made.
        made = max(dates(self.cadence.sessions.first()), key=lambda one: one.slot).slot
        end = datetime.fromisoformat(made).replace(tzinfo=UTC) + timedelta(hours=12)
        expected = [start for start in self.truth() if since <= start <= end]
        for inbox in self.inboxes.values():
            shown = sorted(start for _uid, start in inbox.shown() if since <= start <= end)
            assert shown == expected


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(2))
def test_after_each_of_fifty_edits_every_calendar_has_one_event_per_date(seed, travel):
    life = Life(seed, travel)
    for _ in range(EDITS):
        life.edit()
        life.deliver()
        life.check()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(100, 102))
def test_edits_that_overtake_their_mails_end_the_same(seed, travel):
    life = Life(seed, travel)
    for n in range(EDITS):
        life.edit()
        if n % 5 == 4:  # the mail server was away for five edits
            life.deliver()
            # Nobody is invited to what began in the meantime, so only what is ahead is compared.
            life.check(since=clock.now())


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(200, 202))
def test_an_end_in_the_middle_leaves_only_what_was_held_moved_or_taken_on(seed, travel):
    life = Life(seed, travel)
    for _ in range(20):
        life.edit()
        life.deliver()
    actions.end(life.cadence, reason="We are done", by=life.dan)
    life.deliver()
    life.check()
    left = Session.objects.filter(cadence=life.cadence, state=SessionState.PLANNED)
    assert all(one.changed or one.alone for one in left.future(clock.now()))
