"""Choosing how long things are kept, taking it back in time, and the job that lets them go."""

from collections.abc import Mapping
from datetime import date
from time import monotonic

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell
from members.people.models import Person
from networks.discussions.models import Post, PostWords, Thread
from networks.drafts.models import Draft
from networks.exchange.models import EntryTag
from networks.files.models import File
from networks.membership.models import Role
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.errors import Refused
from sessions.attendance.models import Attendance, AttendanceFile

from . import queries, rules
from .models import Keeping

BATCH = 200  # rows, and threads with all that was said in them, in one transaction
AT_MOST = 120  # seconds of one tick; the next one goes on


@transaction.atomic
def choose(network: Network, wanted: Mapping[str, int | None], *, by: Person) -> bool:
    """Keep things so long from now on (None: for ever). What would take something away begins
    after two weeks, and everybody here is told; to keep more holds at once. True when something
    waits for its day.

    Raises Refused for a period shorter than the kind's least.
    """
    Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    now, day, waits = queries.chosen(network), queries.first_day(network), False
    for code, months in wanted.items():
        if months is not None and months < rules.BY_CODE[code].least:
            raise Refused(_("That is shorter than it may be."))
        row = now.get(code)
        if months == (queries.period(row) if row else None):
            continue
        waits |= _keep(network, row, code, months, day, by)
        note("keeping.chosen", by=by, network_id=network.pk, kind=code, months=months)
    if waits:
        tell(members(network), "keeping_begins", network.pk, network_id=network.pk,
             version=day.toordinal())  # fmt: skip
    return waits


@transaction.atomic
def take_back(network: Network, *, by: Person) -> None:
    """Whatever was chosen and does not hold yet is as if it had not been. Raises Refused when the
    day has come."""
    rows = Keeping.objects.select_for_update().filter(network=network, then__isnull=False)
    found = list(rows)
    if not found:
        raise Refused(_("There is nothing to take back: what you chose holds already."))
    rows.filter(months=None).delete()
    rows.update(then=None, begins_on=None)
    note("keeping.taken_back", by=by, network_id=network.pk)


def run() -> int:
    """Let go of what is older than its network keeps it, batch by batch, each in a transaction of
    its own; returns how many rows went. Any number of workers may do this at once."""
    _begin()
    _remind()
    until, total = monotonic() + AT_MOST, 0
    rows = Keeping.objects.filter(months__isnull=False).select_related("network")
    for row in rows.order_by(F("ran_on").asc(nulls_first=True), "pk"):
        found = BATCH
        while found == BATCH and monotonic() < until:
            found = _let_go(row.pk)
            total += found
    return total


def _keep(
    network: Network, row: Keeping | None, code: str, months: int | None, day: date, by: Person
) -> bool:
    """Write one period; whether it waits for its day."""
    if months is None:
        row.delete()
        return False
    row = row or Keeping(network=network, kind=code)
    row.chosen_at, row.chosen_by = clock.now(), by
    waits = rules.shorter(months, row.months)
    row.then, row.begins_on = (months, day) if waits else (None, None)
    row.months = row.months if waits else months
    row.save()
    return waits


def _begin() -> None:
    """Periods whose day has come hold."""
    for row in Keeping.objects.filter(then__isnull=False).select_related("network"):
        due = Keeping.objects.filter(
            pk=row.pk, then__isnull=False, begins_on__lte=clock.today(row.network.zone)
        )
        due.update(months=F("then"), then=None, begins_on=None)


def _remind() -> None:
    """Tell those who look after a network once more, three days before something first goes."""
    soon = Keeping.objects.filter(then__isnull=False).values_list("network", "begins_on")
    for pk, day in soon.distinct().order_by("network"):
        network = Network.objects.get(pk=pk)
        if day - rules.REMINDED <= clock.today(network.zone):
            hosts = network.memberships.current().filter(role=Role.COORDINATOR).values("person")
            people = members(network).filter(pk__in=hosts)
            tell(people, "keeping_soon", pk, network_id=pk, version=day.toordinal())


@transaction.atomic
def _let_go(pk: int) -> int:
    """One batch of one kind; how many went. Nothing while another worker is at it, or when it was
    switched off meanwhile."""
    rows = Keeping.objects.select_for_update(skip_locked=True, of=("self",))
    row = rows.select_related("network").filter(pk=pk, months__isnull=False).first()
    if row is None:
        return 0
    today = clock.today(row.network.zone)
    moment = queries.before(row.network, today, row.months)
    old = queries.old(row.kind, row.network, moment).order_by("pk")
    found = list(old.values_list("pk", flat=True)[:BATCH])
    if row.kind == rules.TALK:
        _empty_threads(found)
    elif row.kind == rules.ATTENDANCE:
        _forget_files(found)
    elif row.kind == rules.LEFT:
        for model, path in queries.OF_PEOPLE.items():
            rows = model._default_manager.filter(**{path: row.network}, person__in=found)
            rows.delete()
    else:
        old.model._default_manager.filter(pk__in=found).delete()
    Keeping.objects.filter(pk=pk).update(ran_on=today, gone=F("gone") + len(found))
    if found:
        note("keeping.went", by=None, network_id=row.network_id, kind=row.kind, n=len(found))
    return len(found)


def _empty_threads(found: list[int]) -> None:
    """As when their writers delete every post: the words go, their places stay for the figures."""
    posts = Post.objects.filter(thread__in=found)
    File.objects.filter(post__thread__in=found).delete()  # what is stored goes with the job "files"
    PostWords.objects.filter(post__thread__in=found).delete()
    EntryTag.objects.filter(entry__thread__in=found).delete()
    Draft.objects.filter(thread__in=found).delete()
    posts.filter(deleted_at=None).update(
        text="", html="", article="", look="", deleted_at=clock.now()
    )
    Thread.objects.filter(pk__in=found).update(title="", last_post_id=None)


def _forget_files(found: list[int]) -> None:
    """The files with all their lines, and the names and minutes that came from them; that somebody
    was there stays."""
    rows = Attendance.objects.filter(session__attendance_files__in=found)
    rows.update(shown_name="", shown_email="", minutes=None, file=None)
    AttendanceFile.objects.filter(pk__in=found).delete()
