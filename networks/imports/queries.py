"""What is known already, what a list of people would do, and what it did."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from members.organisations.models import KnownAs, Organisation
from members.people.models import Person
from networks.doubles.queries import nearly
from networks.invitations.models import Invitation
from networks.invitations.rules import INVITED_A_DAY
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import clock

from . import rules
from .models import UNDER_WAY, Import, ImportState
from .rules import Body, Known, Line, State

logger = logging.getLogger(__name__)
FIRST_PROBLEMS, FIRST_GOOD, PAGE = 50, 20, 200  # rows
LIKELY = 200  # new organisations that are looked at for “Did you mean…?”: half a second
PROGRESS_LIVES = 600  # seconds


class Outcome(NamedTuple):
    """What became of one row, for the file that says so."""

    number: int  # of the row
    email: str  # as the file has it, where it is none
    state: str  # of rules.State, or rules.REFUSED
    why: str


@dataclass(frozen=True)
class Preview:
    """A list of people, looked at: what would become of each row."""

    lines: list[Line]
    counts: dict[str, int]
    bodies: list[Body]

    @property
    def sentence(self) -> str:
        return rules.sentence(self.counts)

    def left_out(self) -> list[Outcome]:
        """What is known already of the rows that will not be invited."""
        lines = (line for line in self.lines if line.state in rules.PEOPLE)
        return [
            Outcome(line.number, line.email, str(line.state), " ".join(line.notes))
            for line in lines
            if line.state is not State.INVITE
        ]

    @property
    def alike(self) -> list[Body]:
        """Organisations that the file writes otherwise than we know them."""
        return [body for body in self.bodies if body.written or body.is_apart]

    @property
    def invited(self) -> int:
        """How many would be invited."""
        return self.counts.get(State.INVITE, 0)

    @property
    def wrong(self) -> int:
        """How many rows have a problem."""
        return sum(self.counts.get(state, 0) for state in rules.PROBLEMS)

    @property
    def here(self) -> int:
        """How many are members or invited already."""
        return sum(self.counts.get(state, 0) for state in rules.HERE)

    def first(self, *states: State, most: int | None = None) -> list[Line]:
        """The first rows, or all, in one of these states; those with something to know first."""
        found = (line for line in self.lines if line.state in states)
        return sorted(found, key=lambda line: not line.notes)[:most]

    def invitees(self) -> list[rules.Invitee]:
        """Everybody to be invited; an organisation's region is the first that the file gives."""
        lines = [line for line in self.lines if line.state is State.INVITE]
        regions: dict[str, str] = {}
        for line in lines:
            regions[line.organisation] = regions.get(line.organisation) or line.region
        return [
            rules.Invitee(
                a.number, a.email, a.name, a.role, a.organisation, regions[a.organisation]
            )
            for a in lines
        ]

    def page(self, after: int) -> list[Line]:
        """The next rows with people after the row of that number."""
        people = (line for line in self.lines if line.number > after and line.state in rules.PEOPLE)
        return [line for line, _place in zip(people, range(PAGE), strict=False)]


def known(network: Network) -> Known:
    """Who is in the network or invited, by every address; all organisations. Four queries."""
    return Known(
        members=addresses_of_members(network),
        invited=addresses_invited(network),
        organisations=(
            *Organisation.objects.order_by("pk").values_list("name", flat=True),
            *KnownAs.objects.order_by("pk").values_list("name", flat=True),
        ),
    )


def addresses_of_members(network: Network) -> frozenset[str]:
    """Every address of everybody in the network, in small letters."""
    mails = members(network).values_list("email", "emailaddress__email", "emailaddress__verified")
    own = {mail.lower() for mail, _other, _verified in mails}
    return frozenset(own | {other.lower() for _mail, other, verified in mails if verified})


def addresses_invited(network: Network) -> frozenset[str]:
    """Every address with an open invitation to the network, in small letters."""
    invited = Invitation.objects.filter(network=network).open().values_list("email", flat=True)
    return frozenset(mail.lower() for mail in invited)


def preview(batch: Import) -> Preview:
    """What agreeing to this draft would do now."""
    here = known(batch.network)
    lines = rules.plan(
        batch.rows, heading=batch.heading, columns=batch.columns, known=here, apart=batch.apart,
        same=batch.same,
    )  # fmt: skip
    return Preview(lines, rules.counts(lines), rules.bodies(lines, here, batch.apart))


def meant(look: Preview, person: Person) -> dict[str, tuple[str, str]]:
    """Of organisations that would be new, those that nearly are known ones: folded name -> the
    name in the file, and the known one that is most like it."""
    new = {body.name: body.key for body in look.bodies if body.is_new and not body.is_apart}
    found = nearly(list(new)[:LIKELY], person, most=1)
    return {new[name]: (name, known) for name, (known,) in found.items()}


def invited_often(network: Network) -> set[str]:
    """Addresses that cannot be invited again today: see networks.invitations.rules."""
    since = clock.now() - timedelta(days=1)
    lately = Invitation.objects.filter(network=network, invited_at__gt=since).values("email")
    often = lately.annotate(times=Count("pk")).filter(times__gte=INVITED_A_DAY)
    return set(often.values_list("email", flat=True))


def lists(network: Network) -> QuerySet[Import]:
    """Lists that were agreed to or may still be, newest first, without their rows."""
    kept = network.imports.exclude(state=ImportState.DISCARDED)
    return kept.defer("rows", "sheets", "result").order_by("-pk")


def due(now: datetime) -> QuerySet[Import]:
    """Lists under way that a worker may go on with, the oldest first."""
    rows = Import.objects.filter(state__in=UNDER_WAY)
    return rows.filter(Q(retry_at=None) | Q(retry_at__lte=now)).order_by("pk")


def joined(batch: Import) -> QuerySet[Invitation]:
    """Invitations of this list that were taken up, by name."""
    return batch.invitations.exclude(accepted_at=None).order_by("name")


def waiting(batch: Import) -> QuerySet[Invitation]:
    """Invitations of this list that nobody has taken up or withdrawn."""
    return batch.invitations.open()


def tell_progress(batch: Import, done: int) -> None:
    """Say how far a list has come that is dealt with in one transaction: what that writes nobody
    else can read before its end. Without the cache the page only says that it goes on."""
    try:
        cache.set(_progress(batch), min(done, batch.total), PROGRESS_LIVES)
    except RedisError as broken:
        logger.warning("nobody sees how far a list is: %s", type(broken).__name__)


def progress(batch: Import) -> int:
    """How many people of a list under way are dealt with, as far as that is known."""
    try:
        return cache.get(_progress(batch), 0)
    except RedisError as broken:
        logger.warning("how far a list is cannot be asked: %s", type(broken).__name__)
        return 0


def _progress(batch: Import) -> str:
    return f"import-{batch.pk}-{batch.state}-{batch.attempts}"


def result(batch: Import) -> Iterator[tuple[int | str, ...]]:
    """Row by row what became of a list, in words."""
    words = {
        State.INVITE: _("Invited"),
        State.MEMBER: _("Already there: a member"),
        State.INVITED: _("Already there: invited before"),
        State.TWICE: _("Not invited: twice in this file"),
        State.BAD: _("Not invited: bad address"),
        State.NO_ADDRESS: _("Not invited: no address"),
        rules.REFUSED: _("Not invited: asked too often today"),
    }
    return (
        (row.number, row.email, words.get(row.state, row.state), row.why)
        for row in map(_outcome, batch.result)
    )


def _outcome(row: list) -> Outcome:
    return Outcome(*row)
