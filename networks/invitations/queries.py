"""Who was asked into a network, and how each invitation stands."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from members.notices.models import Notice
from members.people.models import Person
from networks.membership.queries import may_hear, owns_address
from networks.network.models import Cohort, Network
from networks.seats.models import Holding, Part, Seat
from networks.seats.queries import alone
from peernet.lib import clock

from .models import Invitation, Nomination
from .rules import ENDS_SOON, GOES_FOR, LET_SETTLE, NAMED_AGAIN, QUARTER, WANTED_AGAIN

PAGE = 25  # invitations shown at once: each row carries two forms


def invitations(network: Network) -> QuerySet[Invitation]:
    """Everybody who was asked into the network, newest first, those of one list in its order; for
    its coordinators.

    Each row also says what became of its last letter: `letter` (a NoticeState, None when none
    was written) and `letter_reason`.
    """
    letters = Notice.objects.filter(
        kind="invitation", about_id=OuterRef("pk"), network_id=network.pk
    ).order_by("-version", "-pk")
    rows = Invitation.objects.filter(network=network)
    return (
        rows.select_related("organisation", "accepted_by")
        .annotate(
            letter=Subquery(letters.values("state")[:1]),
            letter_reason=Subquery(letters.values("reason")[:1]),
        )
        .order_by("-invited_at", "pk")
    )


def to_nudge(now: datetime) -> list[tuple[Seat, Person]]:
    """Seats that one person has held alone and led for a while, where they may invite a second,
    nobody is invited, and nobody was reminded within a quarter; each with that person."""
    asked = Invitation.objects.filter(
        network=OuterRef("network"), organisation=OuterRef("organisation")
    ).open()
    told = Notice.objects.filter(
        kind="second_person", about_id=OuterRef("pk"), created_at__gt=now - QUARTER
    )
    seats = alone().filter(network__leads_invite=True, since__lte=now - LET_SETTLE)
    seats = {one.pk: one for one in seats.filter(~Exists(asked), ~Exists(told))}
    held = Holding.objects.filter(seat__in=seats, person__is_active=True, part=Part.LEAD)
    held = held.current().filter(since__lte=now - LET_SETTLE).select_related("person")
    return [(seats[one.seat_id], one.person) for one in held.order_by("pk")]


# What a coordinator can look at, one at a time.
SHOWN: dict[str, Callable[[QuerySet[Invitation]], QuerySet[Invitation]]] = {
    "waiting": lambda rows: rows.sent(),
    "joined": lambda rows: rows.exclude(accepted_at=None),
    "withdrawn": lambda rows: rows.filter(accepted_at=None).exclude(withdrawn_at=None),
}


def invitation_counts(network: Network) -> dict[str, int]:
    """How many invitations there are of each of SHOWN."""
    used, gone = ~Q(accepted_at=None), Q(accepted_at=None) & ~Q(withdrawn_at=None)
    return Invitation.objects.filter(network=network).aggregate(
        waiting=Count(
            "pk", filter=Q(accepted_at=None, withdrawn_at=None) & ~Q(nomination=Nomination.WAITS)
        ),
        joined=Count("pk", filter=used),
        withdrawn=Count("pk", filter=gone),
    )


def to_answer(network: Network) -> QuerySet[Invitation]:
    """What waits for a coordinator's yes or no, the oldest first: people whom an organisation's
    lead named, and people whose link works no more and who asked for a new one."""
    named = Q(nomination=Nomination.WAITS, accepted_at=None, withdrawn_at=None)
    rows = Invitation.objects.filter(named | Q(wanted=True), network=network).exclude(name="")
    rows = rows.select_related("organisation", "invited_by", "accepted_by")
    return rows.order_by(Coalesce("wanted_at", "invited_at"), "pk")


def asked_for(seat: Seat, person: Person) -> QuerySet[Invitation]:
    """Who was asked to speak for the organisation and is not in yet, newest first: by the person,
    or by anybody for those who look after the network. What is over is shown for a month."""
    month = clock.now() - NAMED_AGAIN
    rows = Invitation.objects.filter(
        Q(withdrawn_at=None) | Q(withdrawn_at__gt=month),
        network=seat.network, organisation=seat.organisation, accepted_at=None,
    )  # fmt: skip
    if not person.has_perm("networks.look_after", seat):
        rows = rows.filter(invited_by=person)
    return rows.exclude(name="").select_related("invited_by").order_by("-invited_at", "-pk")


def ending_soon(now: datetime) -> QuerySet[Invitation]:
    """Open invitations whose link stops working within days."""
    rows = Invitation.objects.sent().filter(network__closed_at=None, times_sent__gt=0)
    return rows.filter(sent_at__lte=now - GOES_FOR + ENDS_SOON, sent_at__gt=now - GOES_FOR)


def still_to_join(network: Network, cohort: Cohort | None = None) -> int:
    """How many were asked into the network (or one cohort of it) and have not answered."""
    rows = Invitation.objects.filter(network=network).sent()
    return (rows.filter(cohort=cohort) if cohort else rows).count()


def page(rows: QuerySet[Invitation], before: int | None) -> tuple[list[Invitation], int | None]:
    """PAGE invitations that follow the one with id `before`; and the id to go on from, if any."""
    last = Invitation.objects.filter(pk=before).first() if before else None
    if last:
        rows = rows.filter(
            Q(invited_at__lt=last.invited_at) | Q(invited_at=last.invited_at, pk__gt=last.pk)
        )
    found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def by_token(token: str) -> Invitation | None:
    """The invitation that a link opens, whatever became of it since."""
    rows = Invitation.objects.select_related("network", "invited_by", "organisation")
    return rows.filter(token=token).first()


def standing(invitation: Invitation | None, reader: Person) -> str:
    """How an invitation stands with whoever opened its link: "open", "unknown", "closed",
    "withdrawn", "used", "joined" (by the reader, who is in the network), "over" (it has run out) or
    "other" (the reader is signed in with another address than was invited).
    """
    if invitation is None or invitation.nomination == Nomination.WAITS:
        return "unknown"
    if invitation.network.closed_at:
        return "closed"
    if invitation.accepted_at:
        here = reader.pk and may_hear(reader.pk, invitation.network_id)
        return "joined" if here and invitation.accepted_by_id == reader.pk else "used"
    if invitation.withdrawn_at:
        return "withdrawn"
    if invitation.ends_at <= clock.now():
        return "over"
    mine = reader.is_anonymous or owns_address(reader, invitation.email)
    return "open" if mine else "other"


# What a link that opens nothing any more says, where one press asks for a new one.
RENEWED = {"over", "withdrawn", "used"}


def wanted_lately(invitation: Invitation) -> bool:
    """Whether a new link was asked for so shortly ago that another press asks nobody again."""
    at = invitation.wanted_at
    return at is not None and at > clock.now() - WANTED_AGAIN
