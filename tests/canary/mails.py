"""A letter of every kind, told to everybody it is for and to everybody it is not for."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from members.notices.actions import send_due, tell, tell_address
from members.notices.models import Notice
from members.people.models import Person
from members.privacy.actions import ask_for_archive, pack_archives
from members.privacy.models import Archive
from networks.archives import actions as archives
from networks.archives.models import NetworkArchive
from networks.introductions.models import Introduction
from networks.joining.models import JoinRequest, RequestWord
from networks.links.models import Link
from networks.links.queries import children
from networks.succession.models import Candidate, Succession

from .crawl import Met, Where
from .land import KEPT_FROM

MEMBERS = ["member", "facilitator", "coordinator"]


@dataclass(frozen=True)
class Telling:
    """What letters of a kind are about (the world and what else stands in it -> ids), whom its
    action tells, and what its notice bears. `to`: an address, where there is no person yet."""

    about: Callable
    people: list[str]
    version: int = 0
    offset: int = 0
    to: Callable | None = None
    of_nowhere: bool = False  # no network stands on it: it is told to nobody else


def ids(*names):
    return lambda place, made: [
        (getattr(made, name, None) and getattr(made, name).pk) or getattr(place, name).pk
        for name in names
    ]


def _introduced(place, _made):
    """The two whom somebody would like to introduce."""
    return list(Introduction.objects.filter(network=place.place).values_list("pk", flat=True))


def _links(*, waiting):
    """Those that stand, or that wait for an answer from here."""

    def about(place, _made):
        rows = Link.objects.of(place.place)
        found = rows.waiting().exclude(asker=place.place) if waiting else rows.standing()
        return list(found.values_list("pk", flat=True))

    return about


def _spell(role):
    """The person's own time in the network."""
    return lambda place, _made: list(
        place.place.memberships.filter(person=place[role]).values_list("pk", flat=True)
    )


def _requests(place, _made):
    """What waits for an answer."""
    return list(place.place.requests.filter(state="asked").values_list("pk", flat=True))


def _succession(*, over):
    """Members being asked who looks after the network, or that it was settled."""
    return lambda place, _made: list(
        Succession.objects.filter(network=place.place, ended_at__isnull=not over).values_list(
            "pk", flat=True
        )
    )


TELLINGS = {
    "account_changed": Telling(ids("change"), ["member"], of_nowhere=True),
    "charter_review": Telling(ids("addition"), ["coordinator"]),
    "keeping_begins": Telling(ids("place"), ["member"], version=KEPT_FROM),
    "keeping_soon": Telling(ids("place"), ["coordinator"], version=KEPT_FROM),
    "consent_again": Telling(ids("agreed_text"), ["member"]),
    "charter_waits": Telling(ids("addition"), ["member"]),
    "cohort_welcome": Telling(ids("cohort"), ["member"]),
    "request": Telling(_requests, ["coordinator"]),
    "request_above": Telling(
        # Of the networks that are part of this one.
        lambda place, _made: list(
            JoinRequest.objects.filter(
                state="asked", network__in=children(place.place)
            ).values_list("pk", flat=True)
        ),
        ["coordinator"],
    ),
    "request_answer": Telling(ids("welcomed"), ["former"], of_nowhere=True),
    "request_said": Telling(
        lambda place, _made: list(
            RequestWord.objects.filter(
                request__network=place.place, request__state="asked", theirs=True
            ).values_list("pk", flat=True)
        ),
        ["coordinator"],
    ),
    "request_slow": Telling(_requests, ["former"], of_nowhere=True),
    "request_waits": Telling(_requests, ["coordinator"]),
    "derived_goodbye": Telling(_spell("former"), ["former"], of_nowhere=True),
    "derived_welcome": Telling(_spell("member"), ["member"]),
    "call_agreed": Telling(ids("call"), ["coordinator"]),
    # In the other network nobody waits for an answer: what was agreed is told to nobody.
    "call_asked": Telling(
        lambda _place, made: [getattr(made, "waiting_call", made.call).pk], ["member"]
    ),
    "introduction_asked": Telling(_introduced, ["member"]),
    "introduction_met": Telling(_introduced, ["member", "facilitator"]),
    "digest": Telling(lambda *_: [202648], [], of_nowhere=True),  # to everybody there is
    "entry_met": Telling(ids("met"), ["facilitator"]),
    "entry_runs_out": Telling(ids("asked"), ["member"]),
    "funder_seat": Telling(ids("seat"), [], to=lambda place, _made: place.seat.email),
    "funding_ended": Telling(ids("grant"), MEMBERS),
    "grant_shared": Telling(ids("waiting"), ["funder"]),
    "handover_leaver": Telling(ids("handover"), ["member"]),
    "handover_nobody": Telling(ids("handover"), ["member"]),
    "handover_successor": Telling(ids("handover"), ["facilitator"]),
    "invitation": Telling(ids("invitation"), [], to=lambda place, _made: place.invitation.email),
    "invitation_ends": Telling(
        ids("invitation"), [], to=lambda place, _made: place.invitation.email
    ),
    "invitation_wanted": Telling(ids("wanted"), ["coordinator"]),
    "link_answer": Telling(_links(waiting=False), ["coordinator"]),
    "link_asked": Telling(_links(waiting=True), ["coordinator"]),
    "link_ended": Telling(ids("parted"), ["coordinator"]),
    "link_gives": Telling(_links(waiting=False), ["coordinator"]),
    "network_archive": Telling(
        lambda place, _made: list(
            NetworkArchive.objects.filter(network=place.place).values_list("pk", flat=True)
        ),
        ["coordinator"],
    ),
    "network_closed": Telling(ids("closing"), MEMBERS),
    "network_opened": Telling(ids("closing"), MEMBERS),
    "nomination": Telling(ids("nominated"), ["coordinator"]),
    "nomination_answer": Telling(ids("answered"), ["member"]),
    "own_data": Telling(
        lambda place, _made: list(
            Archive.objects.filter(person=place["member"]).values_list("pk", flat=True)
        ),
        ["member"],
        of_nowhere=True,
    ),
    "post": Telling(ids("answer", "own", "whispered", "post"), [*MEMBERS, "funder"]),
    "reminder": Telling(ids("session", "for_some"), MEMBERS, offset=7 * 24 * 60),
    "second_person": Telling(
        lambda place, _made: list(place.place.seats.values_list("pk", flat=True)), ["member"]
    ),
    "series": Telling(ids("cadence"), MEMBERS),
    "series_changed": Telling(ids("cadence"), MEMBERS),
    "series_ended": Telling(ids("ended"), MEMBERS),
    "session": Telling(ids("session", "for_some", "in_series"), MEMBERS),
    "session_cancelled": Telling(ids("cancelled"), MEMBERS),
    "session_changed": Telling(ids("session", "for_some"), MEMBERS),
    "session_message": Telling(ids("message", "thanks"), MEMBERS),
    "succession": Telling(_succession(over=False), MEMBERS),
    "succession_over": Telling(_succession(over=True), MEMBERS),
    "succession_stands": Telling(
        lambda place, _made: list(
            Candidate.objects.filter(
                succession__network=place.place, succession__ended_at=None
            ).values_list("pk", flat=True)
        ),
        ["member", "coordinator"],
    ),
    "survey": Telling(ids("open"), MEMBERS),
    "survey_reminder": Telling(ids("open"), MEMBERS),
    "welcome_back": Telling(ids("pause"), ["member"]),
}


def tell_everybody(land) -> None:
    """Write down every telling: for those it is for and, where a network guards it, for others.
    Everybody has a copy of their own data packed, and is told so."""
    for person in land.people.values():
        if not Archive.objects.filter(person=person).exists():
            ask_for_archive(by=person)
    for place in land.worlds().values():
        if not NetworkArchive.objects.filter(network=place.place).exists():
            archives.ask(place.place, by=place["coordinator"])
    NetworkArchive.objects.update(state="asked")
    archives.pack_due()
    Archive.objects.update(state="asked")  # again, what was packed before the words were painted
    pack_archives(len(land.people))
    for name, place in land.worlds().items():
        made = land.things[name]
        for kind, telling in TELLINGS.items():
            for pk in telling.about(place, made):
                _tell(kind, telling, pk, place, _strangers(land, place))


def _strangers(land, place) -> list[int]:
    """Who is not in the network: told all the same, they must get nothing. So must who sits for
    its funder, but for what is written to funders."""
    here = place.place.memberships.current().values_list("person", flat=True)
    return [person.pk for person in land.people.values() if person.pk not in set(here)]


def _tell(kind: str, telling: Telling, pk: int, place, strangers: list[int]) -> None:
    network = None if telling.of_nowhere else place.place.pk
    if telling.to:
        tell_address(telling.to(place, None), kind, pk, network_id=network)
        return
    pks = [place[role].pk for role in telling.people]
    people = Person.objects.filter(pk__in=pks if telling.of_nowhere else [*pks, *strangers])
    tell(Person.objects.all() if kind == "digest" else people, kind, pk, network_id=network,
         version=telling.version, offset=telling.offset)  # fmt: skip


def read_letters(land, met: Met) -> set[str]:
    """Send what is due, ask for sign-in codes too, and read it all; the kinds that were sent."""
    mail.outbox.clear()
    while send_due():
        pass
    for person in land.people.values():
        Client().post(reverse("account_login"), {"login": person.email})
    whose = {person.email.lower(): role for role, person in land.people.items()}
    for letter in mail.outbox:
        (to,) = letter.to
        role = whose.get(to.lower(), "asked").split()[0]
        met.read(role, Where("mail", str(letter.subject)[:60]), whole(letter))
    # Who was told though they are not there is no recipient that a coordinator would see.
    for place in land.worlds().values():
        told = Notice.objects.filter(network_id=place.place.pk, state="dropped")
        told.filter(person__in=_strangers(land, place)).delete()
    return {*Notice.objects.filter(state="sent").values_list("kind", flat=True)}


def whole(letter) -> str:
    """A letter with its headers, both its texts and its calendar."""
    heads = [letter.subject, letter.from_email, *letter.to, *letter.cc, *letter.bcc]
    heads += [f"{name}: {value}" for name, value in letter.extra_headers.items()]
    parts = [one.content.replace("\r\n ", "") for one in letter.alternatives]
    return "\n".join([*map(str, heads), letter.body, *parts])


def run_every_job() -> None:
    """Each job of the beat once, as a worker runs it: what it logs is listened to."""
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        module, _dot, name = entry["task"].rpartition(".")
        getattr(import_module(module), name).apply(throw=True)
