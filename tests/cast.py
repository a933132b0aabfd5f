"""The people and places of the tests: plain functions, so that a test shows its own data."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from members.organisations.actions import affiliate, recognise
from members.people.models import Person
from networks.discussions.models import Post, Room, Thread
from networks.funding.models import Funder, FunderSeat, Grant, Programme
from networks.imports.actions import start_import
from networks.imports.models import Import
from networks.invitations.models import Invitation
from networks.membership.models import CharterAcceptance, Membership, Role
from networks.network.models import Charter, Network
from networks.seats.models import Holding, Part, Seat
from peernet.lib import clock
from sessions.attendance.actions import receive
from sessions.attendance.models import AttendanceFile
from sessions.cadence.models import Cadence, Session, SessionType

_numbers = count(1)


def person(name="Ann Lee", **fields) -> Person:
    email = fields.pop("email", f"{slugify(name)}-{next(_numbers)}@example.org")
    # Quiet hours would make every test depend on the hour it runs at.
    made = Person.objects.create_user(email, name=name, **{"quiet_hours": False, **fields})
    made.emailaddress_set.create(email=email, verified=True, primary=True)
    return made


def network(name="Health and Social Care", **fields) -> Network:
    slug = fields.pop("slug", slugify(name)[:50] + f"-{next(_numbers)}")
    made = Network.objects.create(
        name=name, slug=slug, purpose=fields.pop("purpose", "To learn from each other."), **fields
    )
    Charter.objects.create(network=made, version=1, text="Be kind. What is said here stays here.")
    Room.objects.create(network=made, name="Everyone")
    return made


def member(place: Network, name="Ann Lee", role=Role.MEMBER, organisation=None, **fields) -> Person:
    """Somebody who is in the network now; `since` and `until` move the spell. They have accepted
    its house rules, unless `accepts` says no."""
    spell = {
        key: fields.pop(key) for key in ("since", "until", "cohort", "reason") if key in fields
    }
    part, cohort = fields.pop("part", ""), spell.pop("cohort", None)
    accepts = fields.pop("accepts", True)
    made = fields.pop("person", None) or person(name, **fields)
    since = spell.pop("since", clock.now() - timedelta(days=30))
    here = Membership.objects.create(network=place, person=made, role=role, since=since, **spell)
    if accepts:  # what is asked before anybody writes
        for text in place.charters.filter(room=None):
            CharterAcceptance.objects.create(charter=text, person=made, membership=here, at=since)
    if cohort:
        cohort.spells.create(person=made, since=since, until=spell.get("until"))
    if organisation:
        holds(place, made, organisation, part=part, since=since, **spell)
    return made


def holds(place: Network, person: Person, organisation: str, part="", **spell) -> Holding:
    """The person speaks for the organisation: the first of it leads, others are deputies."""
    body = recognise(organisation)
    affiliate(person, body)
    seat, new = Seat.objects.get_or_create(
        network=place, organisation=body, until=None,
        defaults={"since": spell.get("since") or clock.now()},
    )  # fmt: skip
    part = part or (Part.LEAD if new else Part.DEPUTY)
    return Holding.objects.create(seat=seat, person=person, part=part, **spell)


def coordinator(place: Network, name="Dan Price", **fields) -> Person:
    return member(place, name, role=Role.COORDINATOR, **fields)


def facilitator(place: Network, name="Fay Okoro", **fields) -> Person:
    return member(place, name, role=Role.FACILITATOR, **fields)


def former_member(place: Network, name="Gus Hill", **fields) -> Person:
    left = clock.now() - timedelta(minutes=1)
    return member(place, name, until=left, reason="left", **fields)


def invited(place: Network, name="Ivy Stone", email=None) -> Invitation:
    return Invitation.objects.create(
        network=place, name=name, email=email or f"{slugify(name)}-{next(_numbers)}@example.org"
    )


def programme(name="Peer Networks Programme", funder="Example Trust") -> Programme:
    body, _ = Funder.objects.get_or_create(name=funder)
    return Programme.objects.create(
        funder=body, name=name, slug=f"{slugify(name)[:40]}-{next(_numbers)}"
    )


def grant(place: Network, under: Programme | None = None, **fields) -> Grant:
    today = clock.today(place.zone)
    values = {
        "amount": Decimal("60000"),
        "starts_on": today - timedelta(days=180),
        "ends_on": today + timedelta(days=180),
        "network_agreed_at": clock.now(),
        "funder_agreed_at": clock.now(),
    } | fields
    return Grant.objects.create(network=place, programme=under or programme(), **values)


def funder_person(under: Programme, name="Uma Grant", **fields) -> Person:
    made = person(name, **fields)
    FunderSeat.objects.create(
        funder=under.funder, email=made.email, person=made, since=clock.now() - timedelta(days=9)
    )
    return made


def session(place: Network, starts: datetime | None = None, **fields) -> Session:
    """One meeting outside any rhythm; `starts` is aware, tomorrow at this hour by default."""
    zone = fields.pop("zone", place.zone)
    minutes = fields.pop("minutes", 90)
    starts = (starts or clock.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    local = starts.astimezone(ZoneInfo(zone))
    values = {
        "title": "Opening our building again",
        "type": SessionType.ACTION_LEARNING,
        "date": local.date(),
        "time": local.time(),
        "zone": zone,
        "minutes": minutes,
        "starts_at": starts.astimezone(UTC),
        "ends_at": starts.astimezone(UTC) + timedelta(minutes=minutes),
        "link": "https://meet.example.org/123",
    } | fields
    return Session.objects.create(network=place, **values)


def copy(meeting: Session) -> Session:
    """Another meeting just like it, not saved yet."""
    twin = Session.objects.get(pk=meeting.pk)
    twin.pk, twin.uid = None, uuid4()
    return twin


def cadence(place: Network, first: date, **fields) -> Cadence:
    """A rhythm as a row only: no sessions are made; every three weeks at 10:00 by default."""
    values = {
        "title": "Action learning set",
        "type": SessionType.ACTION_LEARNING,
        "rule": "FREQ=WEEKLY;INTERVAL=3",
        "first_date": first,
        "time": datetime(2026, 1, 1, 10, 0).time(),  # noqa: DTZ001 -- wall-clock time
        "zone": place.zone,
    } | fields
    return Cadence.objects.create(network=place, **values)


def thread(
    place: Network, author: Person, title="How do you charge for room hire?"
) -> tuple[Thread, Post]:
    """A thread in the network's first room, with one post in it."""
    made = Thread.objects.create(
        network=place, room=place.rooms.first(), title=title, author=author, posts_count=1
    )
    post = Post.objects.create(
        network=place, thread=made, author=author, text="By the hour?", html="<p>By the hour?</p>"
    )
    made.last_post_id, made.last_post_at = post.pk, post.posted_at
    made.save()
    return made, post


def sheet(place: Network, by: Person) -> Import:
    """A spreadsheet of people that the coordinator has pasted and not yet agreed to."""
    pasted = "Name,Email\nBea Lane,bea@example.org\nCal Moss,cal@example.org\n"
    return start_import(place, text=pasted, by=by)


def attendance_file(meeting: Session, by: Person) -> AttendanceFile:
    """Zoom's participants file of a meeting, not yet agreed to."""
    lines = "Name (Original Name),User Email,Total Duration (Minutes),Guest\nAnn Guest,,61,Yes\n"
    return receive(meeting, lines.encode(), "participants.csv", by=by)[0]
