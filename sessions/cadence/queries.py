"""Which sessions there are, whom they are for, and what waits for somebody."""

from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from members.notices.models import Notice, NoticeState
from members.people.models import Person
from networks.membership.models import Membership
from networks.membership.queries import RUNS, cohorts_of, members
from networks.network.models import Network
from peernet.lib import clock

from .models import Cadence, Session, SessionState

NEEDED = ("network", "cohort", "cadence", "facilitator", "taken_on_by")


def audience(thing: Session | Cadence) -> QuerySet[Person]:
    """Everybody a session or rhythm is for, as of now: its cohort, or the whole network."""
    return members(thing.network, cohort=thing.cohort)


def visible_to(person: Person) -> QuerySet[Session]:
    """The sessions that the person may see: of their networks, and of a cohort only to those in
    it and to those who run the network. Those of a closed network are still read."""
    mine = Membership.objects.filter(person=person).current()
    runs = mine.filter(role__in=RUNS).values("network")
    open_to_me = (
        Q(cohort=None) | Q(cohort__in=cohorts_of(person).values("cohort")) | Q(network__in=runs)
    )
    return (
        Session.objects.filter(network__in=mine.values("network"))
        .filter(open_to_me)
        .select_related(*NEEDED)
    )


# --- The same for the statements of pages, with the parameter `person`. `thing`: what a statement
# calls a session or rhythm. tests/sessions/pages/test_same_as_plain.py holds both together.


def for_them(thing: str, person: str = "%(person)s") -> str:
    """Whether it is for all of its network, or for a cohort that the person is in."""
    return f"""({thing}.cohort_id IS NULL OR EXISTS (
    SELECT FROM networks_cohortspell inside WHERE inside.cohort_id = {thing}.cohort_id
       AND inside.person_id = {person} AND inside.until IS NULL))"""


def _member(thing: str, more: str) -> str:
    return f"""EXISTS (
    SELECT FROM networks_membership mine WHERE mine.network_id = {thing}.network_id
       AND mine.person_id = %(person)s AND mine.until IS NULL AND {more})"""


def _visible(thing: str) -> str:
    runs = ", ".join(f"'{role}'" for role in RUNS)
    return _member(thing, f"(mine.role IN ({runs}) OR {for_them(thing)})")


VISIBLE = _visible("session")  # as `visible_to`
# As `invited_to`, of the networks in the parameter `networks`: open ones.
INVITED = f"""(session.network_id = ANY(%(networks)s::bigint[])
    AND {_member("session", for_them("session"))})"""
RHYTHMS = f"""
SELECT cadence.id, cadence.title, cadence.rule, cadence.first_date, cadence.time, cadence.zone
FROM peer_sessions_cadence cadence JOIN networks_network network ON network.id = cadence.network_id
WHERE cadence.network_id = %(network)s AND cadence.ended_at IS NULL AND network.closed_at IS NULL
  AND {_visible("cadence")}
ORDER BY cadence.id"""  # noqa: S608 -- our own words


def rhythms_visible_to(person: Person) -> QuerySet[Cadence]:
    """The rhythms that the person may see, as `visible_to`."""
    mine = Membership.objects.filter(person=person).current()
    runs = mine.filter(role__in=RUNS).values("network")
    open_to_me = (
        Q(cohort=None) | Q(cohort__in=cohorts_of(person).values("cohort")) | Q(network__in=runs)
    )
    return (
        Cadence.objects.filter(network__in=mine.values("network"))
        .filter(open_to_me)
        .select_related("network", "cohort", "facilitator")
    )


def rhythms_of(network: Network, person: Person) -> list[Cadence]:
    """The network's running rhythms that the person may see, with what says when they meet."""
    with connection.cursor() as cursor:
        cursor.execute(RHYTHMS, {"network": network.pk, "person": person.pk})
        names = ("pk", "title", "rule", "first_date", "time", "zone")
        return [Cadence(network=network, **dict(zip(names, row, strict=True))) for row in cursor]


def invited_to(person: Person) -> QuerySet[Session]:
    """The sessions that are for the person: of what they may see, not another cohort's, even
    when they run the network."""
    return (
        visible_to(person)
        .filter(network__closed_at=None)
        .filter(Q(cohort=None) | Q(cohort__in=cohorts_of(person).values("cohort")))
    )


def next_for(person: Person) -> Session | None:
    """The next sure session that the person is invited to, or the one going on now."""
    return invited_to(person).sure().ahead(clock.now()).first()


def needs_someone(network: Network) -> QuerySet[Session]:
    """Sessions past the end of the funding that nobody has taken on yet, in order."""
    return Session.objects.filter(network=network).waiting_for_somebody(clock.now())


def following(session: Session) -> Session | None:
    """The next sure session of the same rhythm after now; None for a single one."""
    if session.cadence_id is None:
        return None
    others = Session.objects.filter(cadence=session.cadence_id).exclude(pk=session.pk)
    return others.select_related(*NEEDED).sure().future(clock.now()).first()


def first_ahead(cadence: Cadence) -> Session | None:
    """The next sure session of a rhythm that stands in the rhythm's own calendar entry."""
    ahead = Session.objects.filter(cadence=cadence).of_series().sure().future(clock.now())
    return ahead.select_related(*NEEDED).first()


def next_sequence(cadence: Cadence) -> int:
    """Higher than all that calendars have seen of a rhythm's entry, its dates included."""
    numbers = cadence.sessions.of_series().values_list("sequence", flat=True)
    return max(cadence.sequence, *numbers, 0) + 1


def ending_with(cadence: Cadence) -> QuerySet[Session]:
    """What goes when the rhythm ends: its dates to come that nobody moved or took on."""
    open_states = [SessionState.PLANNED, SessionState.TENTATIVE]
    dates = cadence.sessions.future(clock.now()).of_series()
    return dates.filter(state__in=open_states, sequence=0)


def not_told_yet(people: QuerySet[Person], kind: str, about_id: int, version: int = 0) -> QuerySet:
    """Those of `people` without this notice in any state: late joiners."""
    told = Notice.objects.filter(kind=kind, about_id=about_id, version=version)
    return people.exclude(pk__in=told.values("person"))


def fell_away(
    people: QuerySet[Person], kind: str, thing: Session | Cadence, version: int, sure: datetime
) -> QuerySet[Notice]:
    """Invitations of `people` that were dropped and are true again: they came back into the
    network since, or the date has become sure since (`sure`)."""
    back = Membership.objects.filter(
        network=thing.network_id, person=OuterRef("person"), since__gte=OuterRef("settled_at")
    )
    rows = Notice.objects.filter(kind=kind, about_id=thing.pk, version=version)
    rows = rows.filter(state=NoticeState.DROPPED, person__in=people.order_by().values("pk"))
    return rows.filter(Q(settled_at__lte=sure) | Q(Exists(back.current())))


def told(people: QuerySet[Person], kind: str, about_id: int) -> QuerySet[Person]:
    """Those of `people` whom this invitation has left for, or is leaving for now."""
    gone = Notice.objects.filter(kind=kind, about_id=about_id).exclude(
        state__in=[NoticeState.PENDING, NoticeState.DROPPED]
    )
    return people.filter(pk__in=gone.values("person"))


def not_waiting(people: QuerySet[Person], kind: str, about_id: int) -> QuerySet[Person]:
    """`people` but those whose invitation has yet to leave: it will say what is true then."""
    waiting = Notice.objects.waiting().filter(kind=kind, about_id=about_id)
    return people.exclude(pk__in=waiting.values("person"))


def holding(people: QuerySet[Person], kind: str, about_id: int) -> QuerySet[Person]:
    """`people` but those who never had an invitation leave for them: nothing to take back."""
    waiting = Notice.objects.waiting().filter(kind=kind, about_id=about_id)
    never = people.filter(pk__in=waiting.values("person")).exclude(
        pk__in=told(people, kind, about_id).values("pk")
    )
    return people.exclude(pk__in=never.values("pk"))


def rhythms_off_their_cover() -> QuerySet[Cadence]:
    """Running rhythms whose calendar entry ends elsewhere than the money; `funded` is its end."""
    rows = Cadence.objects.running().annotate(funded=Max("network__grants__ends_on"))
    # Said in four parts, because in SQL nothing differs from NULL.
    return rows.filter(
        Q(covered_until__lt=F("funded"))
        | Q(covered_until__gt=F("funded"))
        | Q(covered_until=None, funded__isnull=False)
        | Q(covered_until__isnull=False, funded=None)
    )


def singles_off_their_cover() -> QuerySet[Session]:
    """Single sessions to come that are sure though unfunded, or unsure though funded, and that
    nobody took on; `funded` is the last funded day."""
    rows = Session.objects.future(clock.now()).filter(
        cadence=None, taken_on_by=None, network__closed_at=None
    )
    rows = rows.annotate(funded=Max("network__grants__ends_on"))
    lost = Q(state="planned", date__gt=F("funded"))
    won = Q(state="tentative") & (Q(funded=None) | Q(date__lte=F("funded")))
    return rows.filter(lost | won)


def networks_just_out_of_funding() -> QuerySet[Network]:
    """Open networks whose last funded day, `funded`, was in the past two weeks (in UTC, give or
    take a day: the caller looks at the network's own calendar)."""
    today: date = clock.now().date()
    rows = Network.objects.filter(closed_at=None).annotate(funded=Max("grants__ends_on"))
    return rows.filter(funded__range=(today - timedelta(days=15), today + timedelta(days=1)))
