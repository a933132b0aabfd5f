"""Letters to send, and what became of them, counted in the mail server's ledger."""

from collections import Counter
from datetime import datetime

from members.notices import actions
from members.notices.models import Notice, NoticeState
from members.people.models import Person
from networks.network.models import Network
from sessions.cadence.models import Session
from tests import cast

from . import Result
from .sink import Mail


def crowd(people: int) -> Network:
    """A network with so many members."""
    place = cast.network()
    for number in range(people):
        cast.member(place, f"Member {number}")
    return place


def tell(place: Network) -> Session:
    """Tell all its members of a new session: a letter to each, in one statement."""
    meeting = cast.session(place)
    people = Person.objects.filter(memberships__network=place)
    actions.tell(people, "session", meeting.pk, network_id=place.pk)
    return meeting


def waiting() -> bool:
    """Whether any letter has yet to go."""
    return Notice.objects.filter(state__in=[NoticeState.PENDING, NoticeState.LEASED]).exists()


def counted(
    taken: list[Mail], since: datetime | None = None, without: set[str] = frozenset()
) -> Result:
    """The ledger beside the outbox: each row of the outbox is one letter to somebody.

    `since`: the moment from which the last one's lateness is counted. `without`: addresses that
    are to get nothing.
    """
    letters = Counter(row.person.email for row in Notice.objects.select_related("person"))
    wanted = Counter({to: count for to, count in letters.items() if to not in without})
    copies = Counter((mail.to, mail.message_id) for mail in taken)
    got = Counter(to for to, _id in copies)
    broken = []
    if strange := got - wanted:
        broken.append(f"{strange.total()} letters too many, each under a Message-ID of its own")
    if unsent := (
        Notice.objects.exclude(state=NoticeState.SENT).exclude(person__email__in=without).count()
    ):
        broken.append(f"{unsent} are not kept as sent")
    last = max((mail.at for mail in taken), default=None)
    late = (last - since).total_seconds() if last and since else None
    return Result(
        of=wanted.total(),
        lost=(wanted - got).total(),
        doubled=copies.total() - len(copies),
        late=None if late is None else max(late, 0.0),
        broken=tuple(broken),
    )
