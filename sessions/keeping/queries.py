"""What is older than a network keeps it: the same rows for the preview and for the job."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from members.people.models import Person
from networks.consents.models import Consent
from networks.discussions.models import Thread
from networks.exchange.models import Topic
from networks.invitations.models import Invitation
from networks.joining.models import JoinRequest, RequestState
from networks.membership.models import CharterAcceptance, Membership, Pause
from networks.network.models import Network
from networks.preferences.models import Preference
from peernet.lib import clock
from sessions.attendance.models import AttendanceFile
from sessions.meetings.models import Answer

from . import rules
from .models import Keeping

# What a network holds about somebody that nobody needs once they are gone: path to the network.
OF_PEOPLE = {
    Pause: "network", Topic: "network", Preference: "network", Consent: "network",
    CharterAcceptance: "charter__network",
}  # fmt: skip


@dataclass(frozen=True)
class Goes:
    """What would go of one kind on the first day: how many, and of when the first and last are."""

    kind: rules.Kind
    months: int
    on: date
    before: date
    count: int
    first: datetime | None
    last: datetime | None

    @property
    def long(self) -> str:
        return str(rules.long(self.months))

    @property
    def how_many(self) -> str:
        return str(self.kind.counted % {"num": self.count})


def chosen(network: Network) -> dict[str, Keeping]:
    """The periods that the network chose, by kind."""
    rows = Keeping.objects.filter(network=network).select_related("chosen_by")
    return {row.kind: row for row in rows}


def preview(network: Network, wanted: Mapping[str, int | None]) -> list[Goes]:
    """What would go on the first day, kind by kind, if these periods were chosen now; nothing for
    kinds of which nothing changes, or of which more is kept than before."""
    now = chosen(network)
    found = []
    for kind in rules.KINDS:
        months = wanted.get(kind.code)
        row = now.get(kind.code)
        if months is None or (row and months == period(row)):
            continue
        if row and not rules.shorter(months, row.months):
            continue
        found.append(_goes(network, kind, months, first_day(network)))
    return found


def waiting(network: Network) -> list[Goes]:
    """What goes on the first day of the periods that have been chosen and do not hold yet."""
    rows = [row for row in chosen(network).values() if row.then]
    rows.sort(key=lambda row: list(rules.BY_CODE).index(row.kind))
    return [_goes(network, rules.BY_CODE[row.kind], row.then, row.begins_on) for row in rows]


def period(row: Keeping) -> int | None:
    """The months that were chosen last, whether they hold already or not."""
    return row.then or row.months


def first_day(network: Network) -> date:
    """When a period that is chosen now first takes something away."""
    return clock.today(network.zone) + rules.WARNING


def before(network: Network, day: date, months: int) -> datetime:
    """What is older than this moment goes on the day."""
    return clock.midnight(rules.months_before(day, months), network.zone)


def old(kind: str, network: Network, moment: datetime) -> QuerySet:
    """The rows of the kind that are older than the moment, with `since`: how old each is."""
    return OLD[kind](network, moment)


def _threads(network: Network, moment: datetime) -> QuerySet:
    rows = Thread.objects.filter(network=network, last_post_id__isnull=False, pinned_at=None)
    return rows.filter(last_post_at__lt=moment).annotate(since=F("last_post_at"))


def _answers(network: Network, moment: datetime) -> QuerySet:
    rows = Answer.objects.filter(session__network=network, session__ends_at__lt=moment)
    return rows.annotate(since=F("session__ends_at"))


def _files(network: Network, moment: datetime) -> QuerySet:
    rows = AttendanceFile.objects.filter(session__network=network, session__ends_at__lt=moment)
    return rows.annotate(since=F("session__ends_at"))


def _requests(network: Network, moment: datetime) -> QuerySet:
    rows = JoinRequest.objects.filter(network=network).exclude(state=RequestState.ASKED)
    rows = rows.annotate(since=Coalesce("answered_at", "asked_at"))
    return rows.filter(since__lt=moment)


def _invitations(network: Network, moment: datetime) -> QuerySet:
    rows = Invitation.objects.filter(network=network)
    settled = Coalesce("accepted_at", "withdrawn_at", output_field=DateTimeField())
    return rows.annotate(since=settled).filter(since__lt=moment)


def _left(network: Network, moment: datetime) -> QuerySet:
    spells = Membership.objects.filter(network=network, person=OuterRef("pk"))
    has = Q(pk__in=[])
    for model, path in OF_PEOPLE.items():
        rows = model._default_manager.filter(**{path: network, "person": OuterRef("pk")})
        has |= Q(Exists(rows.order_by()))
    gone = Membership.objects.filter(network=network).values("person")
    ended = gone.annotate(last=Max("until"), open=Count("pk", filter=Q(until=None)))
    ended = ended.filter(open=0, last__lt=moment).order_by().values("person")
    return Person.objects.filter(has, pk__in=ended).annotate(
        since=Subquery(spells.order_by("-until").values("until")[:1])
    )


OLD: dict[str, Callable[[Network, datetime], QuerySet]] = {
    rules.TALK: _threads, rules.ANSWERS: _answers, rules.ATTENDANCE: _files,
    rules.REQUESTS: _requests, rules.INVITATIONS: _invitations, rules.LEFT: _left,
}  # fmt: skip


def _goes(network: Network, kind: rules.Kind, months: int, day: date) -> Goes:
    rows = old(kind.code, network, before(network, day, months)).order_by()
    said = rows.aggregate(n=Count("pk"), first=Min("since"), last=Max("since"))
    edge = rules.months_before(day, months)
    return Goes(kind, months, day, edge, said["n"], said["first"], said["last"])
