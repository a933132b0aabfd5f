"""What a page that composes several wings shows: Home, and a network's front page."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.surveys import queries as surveys
from members.people.models import Person
from networks.charter.queries import waiting
from networks.discussions.queries import news_for
from networks.funding.models import FunderSeat, Grant, Programme
from networks.invitations.models import Invitation
from networks.joining import queries as joining
from networks.membership.door import rights
from networks.membership.models import Membership, Role
from networks.membership.queries import breaks_of
from networks.network.models import Network
from peernet.lib import clock, words
from sessions.cadence.models import Session
from sessions.meetings.queries import Row

from . import steps
from .gate import Gate, gate
from .steps import Steps
from .to_run import Task, this_week

AT_MOST = 3  # things that need somebody (ux.md 4.2)


@dataclass
class Home:
    """Home of somebody signed in."""

    row: Row | None = None  # the next session
    tasks: list[Task] = field(default_factory=list)
    news: Any = None
    programmes: list[Programme] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    later: list[Session] = field(default_factory=list)
    steps: Steps | None = None
    closed: list[Network] = field(default_factory=list)
    left: list[Network] = field(default_factory=list)  # where they could ask to come back


def home(person: Person) -> Home:
    """What is next, what needs the person (at most three things), and what is new."""
    mine = rights(person)
    networks = [place for place in mine.networks if place.pk in mine.roles]
    may, coming = gate(person, networks, AT_MOST + 1)
    ahead = coming.ahead
    session = ahead[0].session if ahead else None
    first = steps.of(person, session) if may.steps and networks else None
    shown = {step.url for step in first.left} if first else set()
    asked = [
        *_asked_of(person, networks, may),
        *_unanswered(one for one in coming.unanswered if session is None or one.pk != session.pk),
    ]
    return Home(
        row=ahead[0] if ahead else None,
        later=[row.session for row in ahead[1:]],
        tasks=[task for task in asked if task.url not in shown][:AT_MOST],
        steps=first,
        closed=[place for place in mine.networks if place.pk in mine.closed],
        news=news_for(person, limit=5) if networks else None,
        programmes=_programmes(mine.funders),
        networks=networks,
        left=[] if networks else _left_by(person),
    )


def _programmes(funders: Collection[int]) -> list[Programme]:
    rows = Programme.objects.filter(funder__in=funders).select_related("funder")
    return list(rows.order_by("name")) if funders else []


def _left_by(person: Person) -> list[Network]:
    """The open networks that the person left by themselves and is not in."""
    spells = Membership.objects.filter(person=person, reason="left").values("network")
    there = Membership.objects.filter(person=person).current().values("network")
    found = Network.objects.filter(pk__in=spells, closed_at=None).exclude(pk__in=there)
    return list(found.order_by("name"))


def _asked_of(person: Person, networks: list[Network], may: Gate) -> list[Task]:
    return [
        *_their_name(person),
        *(_invitations_to(person) if may.asked else []),
        *([] if networks else _requests_of(person)),
        *(_house_rules(person, networks) if may.rules else []),
        *(_breaks(person, networks) if may.breaks else []),
        *(_surveys(person, networks) if may.surveys else []),
        *_to_run(person, networks),
    ]


def _their_name(person: Person) -> list[Task]:
    """A person who left the page that asked for it: without a name nobody knows who speaks."""
    if person.name:
        return []
    return [Task(_("Tell us your name"), reverse("you"), _("So that people know who you are."))]


def _invitations_to(person: Person) -> list[Task]:
    """Networks and funders that wait for the person, by any address they have verified."""
    addresses = Q()
    for address in person.emailaddress_set.filter(verified=True).values_list("email", flat=True):
        addresses |= Q(email__iexact=address)
    if not addresses:
        return []
    asked = Invitation.objects.sent().filter(addresses, network__closed_at=None)
    seats = FunderSeat.objects.filter(addresses, person=None, until=None).select_related("funder")
    return [
        Task(_("Join %(name)s") % {"name": one.network.name}, reverse("join", args=[one.token]))
        for one in asked.select_related("network")
    ] + [
        Task(
            _("See the figures of %(name)s") % {"name": seat.funder.name},
            reverse("funder_seat", args=[seat.pk]),
        )
        for seat in seats
    ]


def _requests_of(person: Person) -> list[Task]:
    """Where somebody who is in no network yet asked to come in."""
    return [
        Task(
            _("You ask to join %(name)s") % {"name": one.network.name},
            reverse("request", args=[one.network.slug, one.pk]),
            _("They read it") if one.waits_since else _("They have written to you"),
        )
        for one in joining.asked_by(person)
    ]


def _house_rules(person: Person, networks: list[Network]) -> list[Task]:
    """House rules in force that the person has not accepted yet."""
    return [
        Task(
            _("Read the house rules of %(name)s") % {"name": network.name},
            reverse("charter", args=[network.slug]),
            _("They changed, or you have not said yes to them yet."),
        )
        for network in sorted(waiting(person, networks), key=attrgetter("name"))
    ]


def _breaks(person: Person, networks: list[Network]) -> list[Task]:
    """Networks from which the person takes a break, so that it is not forgotten."""
    return [
        Task(
            _("You are taking a break from %(name)s") % {"name": one.network.name},
            reverse("pause", args=[one.network.slug]),
            _("Until %(day)s") % {"day": words.day(one.back_on)}
            if one.back_on
            else _("Change or end it"),
        )
        for one in breaks_of(person, networks)
    ]


def _unanswered(sessions: Iterable[Session]) -> list[Task]:
    return [
        Task(
            _("Can you come? %(title)s") % {"title": session.title},
            session.get_absolute_url(),
            words.when(session.starts_at),
        )
        for session in sessions
    ]


def _surveys(person: Person, networks: list[Network]) -> list[Task]:
    """Open surveys that the person has not answered."""
    return [
        Task(
            _("Answer a few questions: %(title)s") % {"title": wave.study.title},
            reverse("survey_answer", args=[wave.study.network.slug, wave.pk]),
            _("Until %(day)s. No name is kept with your answers.")
            % {"day": words.day(wave.closes_on)},
        )
        for wave in surveys.waiting_for(person, networks)
    ]


def _to_run(person: Person, networks: list[Network]) -> list[Task]:
    """For coordinators: each network they look after that needs them, or is not set up yet."""
    roles = rights(person).roles
    mine = [place for place in networks if roles[place.pk] == Role.COORDINATOR][:AT_MOST]
    if not mine:
        return []
    planned = Session.objects.filter(network__in=mine).order_by().values_list("network")
    done = Membership.objects.filter(person=person, steps_put_away=True).current()
    ready = {pk for (pk,) in planned.union(done.order_by().values_list("network"))}
    return [task for place in mine if (task := _run_line(place, place.pk in ready))]


def _run_line(place: Network, ready: bool) -> Task | None:
    run = reverse("run", args=[place.slug])
    if not ready:
        title = _("Finish setting up %(name)s") % {"name": place.name}
        return Task(title, run, _("A few first steps, about ten minutes in all."))
    waiting = this_week(place)
    if not waiting:
        return None
    title = ngettext(
        "%(n)s thing to run in %(name)s", "%(n)s things to run in %(name)s", len(waiting)
    ) % {"n": len(waiting), "name": place.name}
    return Task(title, run, waiting[0].title)


def funding_line(network: Network) -> str:
    """Who pays and until when, in a sentence; "" when nobody does."""
    grant = (
        Grant.objects.filter(network=network)
        .select_related("programme__funder")
        .order_by("-ends_on")
        .first()
    )
    if grant is None:
        return ""
    names = {"funder": grant.programme.funder.name, "day": words.day(grant.ends_on)}
    if grant.ends_on < clock.today(network.zone):
        return _("Was supported by %(funder)s until %(day)s.") % names
    return _("Supported by %(funder)s until %(day)s.") % names
