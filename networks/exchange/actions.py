"""Asking and offering, and saying what came of it."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell, withdraw
from members.organisations.models import Organisation
from members.people.models import Person
from networks.discussions.actions import open_first_room, start_thread
from networks.discussions.models import Room, RoomKind
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.errors import Refused

from . import queries
from .models import Entry, EntryTag, Outcome, State, Topic
from .rules import ENDS, LONGEST_WEEKS, MET, MOST_TOPICS, STANDING, WARNED, WEEKS

BATCH = 500
RAN_OUT = "It was kept, ended or changed since."


@transaction.atomic
def put_up(
    network: Network, *, kind: str, title: str, words: str, about: str, tags: Sequence[str],
    organisation: Organisation | None = None, weeks: int = WEEKS, by: Person,
    key: uuid.UUID | None = None, accepts: str = "",
) -> Entry:  # fmt: skip
    """Ask for something or offer it, in an open room of the network. The same form sent twice makes
    one. Refused for an organisation that the person does not belong to."""
    if organisation and organisation not in queries.organisations(network, by):
        raise Refused(_("Choose an organisation that you belong to."))
    weeks = min(max(weeks, 1), LONGEST_WEEKS)
    said = {"title": title, "words": words, "began_as": kind, "accepts": accepts}
    thread = start_thread(_room(network), **said, by=by, key=key)
    entry, new = Entry.objects.get_or_create(
        thread=thread,
        defaults={
            "network": network, "by": by, "kind": kind, "about": about, "weeks": weeks,
            "organisation": organisation, "expires_at": clock.now() + timedelta(weeks=weeks),
        },
    )  # fmt: skip
    if new:
        _tag(entry, tags)
    return entry


@transaction.atomic
def change(
    entry: Entry, *, about: str, tags: Sequence[str], organisation: Organisation | None, by: Person
) -> None:
    """Say anew what it is about, for whom, and its tags. Its words are changed in the thread."""
    row = _own(entry, by)
    known = queries.organisations(row.network, by)
    if organisation and organisation not in known and organisation.pk != row.organisation_id:
        raise Refused(_("Choose an organisation that you belong to."))
    row.about, row.organisation = about, organisation
    row.save(update_fields=["about", "organisation"])
    row.tags.exclude(word__in=tags).delete()
    _tag(row, tags)


@transaction.atomic
def set_talk(entry: Entry, *, talking: bool, by: Person) -> None:
    """Say that one is in talk with somebody about it, or that others are welcome again."""
    row = _standing(entry, by)
    row.state = State.TALK if talking else State.OPEN
    row.save(update_fields=["state"])


@transaction.atomic
def keep(entry: Entry, *, by: Person) -> None:
    """It stands for as long again, from now on; also when it had run out."""
    row = _standing(entry, by)
    row.expires_at = clock.now() + timedelta(weeks=row.weeks)
    row.renewals, row.warned_at = row.renewals + 1, None
    row.save(update_fields=["expires_at", "renewals", "warned_at"])
    withdraw(row.pk, "entry_runs_out", reason=RAN_OUT)


@transaction.atomic
def end(entry: Entry, outcome: str, *, met_by: Person | None = None, by: Person) -> None:
    """Say what came of it; one of the four ways, or it does not end. Whoever is said to have met it
    is asked whether they may be named, and until they agree nobody else sees who it was."""
    row = _standing(entry, by)
    if outcome not in ENDS:
        raise Refused(_("Say what came of it."))
    if met_by and (outcome != Outcome.MET_HERE or met_by.pk == by.pk or not _here(row, met_by)):
        raise Refused(_("Choose somebody else who is in this network."))
    row.state, row.outcome, row.ended_at = ENDS[outcome], outcome, clock.now()
    row.met_by, row.named = met_by, None
    row.save(update_fields=["state", "outcome", "ended_at", "met_by", "named"])
    withdraw(row.pk, "entry_runs_out", reason=RAN_OUT)
    if met_by:
        people = Person.objects.filter(pk=met_by.pk)
        tell(people, "entry_met", row.pk, network_id=row.network_id, version=row.renewals)


@transaction.atomic
def reopen(entry: Entry, *, by: Person) -> None:
    """It did not end after all. Whom it named as having met it is forgotten."""
    row = _own(entry, by)
    if row.state in STANDING:
        return
    row.state = State.TALK if row.thread.posts_count > 1 else State.OPEN
    row.outcome, row.ended_at, row.met_by, row.named = "", None, None, None
    # As long as it had, and a week at least: whoever opens it again wants it to be seen.
    row.expires_at = max(row.expires_at, clock.now() + timedelta(weeks=1))
    row.renewals, row.warned_at = row.renewals + 1, None
    row.save()
    withdraw(row.pk, "entry_met", reason=RAN_OUT)


@transaction.atomic
def answer_named(entry: Entry, answer: str, *, by: Person) -> None:
    """Whoever met it says "yes", they may be named; "no", they may not; or "wrong": it was not
    they, and the row forgets them. They can change their mind at any time."""
    row = _locked(entry)
    if row.met_by_id != by.pk:
        raise Refused(_("This was changed meanwhile: it no longer says that you met it."))
    if answer == "wrong":
        row.met_by, row.named = None, None
    else:
        row.named = answer == "yes"
    row.save(update_fields=["met_by", "named"])


@transaction.atomic
def hand_on(entry: Entry, *, to: Person, by: Person) -> bool:
    """Somebody else looks after it from now on; what was written stays its writer's. Whether it
    was still theirs (`by`) and open."""
    row = _locked(entry)
    if row.by_id != by.pk or row.state not in STANDING:
        return False
    row.by = to
    row.save(update_fields=["by"])
    note("entry.handed_on", by=by, network_id=row.network_id, about_id=row.pk)
    return True


def ask_whether_they_stand() -> int:
    """Ask the posters of what is about to run out, each once; returns how many."""
    soon = Entry.objects.filter(
        state__in=STANDING, warned_at=None, expires_at__lte=clock.now() + WARNED
    )
    asked = 0
    for pk in list(soon.order_by("expires_at").values_list("pk", flat=True)[:BATCH]):
        asked += _ask(pk)
    return asked


@transaction.atomic
def _ask(pk: int) -> int:
    row = Entry.objects.select_for_update(no_key=True).get(pk=pk)
    if row.warned_at or row.state not in STANDING or row.expires_at > clock.now() + WARNED:
        return 0
    row.warned_at = clock.now()
    row.save(update_fields=["warned_at"])
    poster = Person.objects.filter(pk=row.by_id)
    return tell(poster, "entry_runs_out", row.pk, network_id=row.network_id, version=row.renewals)


@transaction.atomic
def set_topics(network: Network, words: Sequence[str], *, by: Person) -> None:
    """What one is glad to be asked about in the network, in this order; at most MOST_TOPICS."""
    if len(words) > MOST_TOPICS:
        raise Refused(_("Name %(most)s at most.") % {"most": MOST_TOPICS})
    Topic.objects.filter(network=network, person=by).delete()
    rows = [Topic(network=network, person=by, word=word) for word in words]
    Topic.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def export(network: Network, *, by: Person) -> tuple[list[str], list[queries.Row]]:
    """Headings, and a row for each ask and offer of the network. That somebody took it is noted."""
    rows = list(queries.table(queries.visible_to(by, network), network.zone))
    note("exchange.exported", by=by, network_id=network.pk, entries=len(rows))
    heading = [
        _("Kind"), _("Title"), _("What about"), _("Tags"), _("Who"), _("For"), _("State"),
        _("What came of it"), _("Met by"), _("Put up"), _("Until"),
    ]  # fmt: skip
    return heading, rows


def _room(network: Network) -> Room:
    rooms = Room.objects.filter(network=network, kind=RoomKind.OPEN).order_by("pk")
    return rooms.first() or open_first_room(network)


def _tag(entry: Entry, tags: Sequence[str]) -> None:
    rows = [EntryTag(entry=entry, network_id=entry.network_id, word=tag) for tag in tags]
    EntryTag.objects.bulk_create(rows, ignore_conflicts=True)


def _here(entry: Entry, person: Person) -> bool:
    return members(entry.network).filter(pk=person.pk).exists()


def _locked(entry: Entry) -> Entry:
    """The row as it is now; others who change it wait until we are done."""
    rows = Entry.objects.select_for_update(of=("self",)).select_related("network", "thread")
    row = rows.get(pk=entry.pk)
    if row.network.closed_at:
        raise Refused(_("This network has closed, so nothing can be changed in it."))
    return row


def _own(entry: Entry, by: Person) -> Entry:
    row = _locked(entry)
    if row.by_id != by.pk:
        raise Refused(_("Only whoever put it up can change it."))
    return row


def _standing(entry: Entry, by: Person) -> Entry:
    row = _own(entry, by)
    if row.state not in STANDING:
        said = _("met") if row.state == MET else _("withdrawn")
        raise Refused(_("It was %(state)s already. You can open it again.") % {"state": said})
    return row
