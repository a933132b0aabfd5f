"""Linking networks, choosing what each lets the other see, ending it; and what follows of links:
whom a network is made of, and who hears when nobody answers.

Every deed first holds the networks it is about, in one order. Links that make one network part of
another are agreed to one after the other in the whole house, so that no two at once make a circle.
"""

from collections.abc import Collection, Iterable

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.audit.models import AuditEntry
from members.notices.actions import tell, withdraw
from members.people.models import Person
from networks.membership import queries as membership
from networks.membership.actions import begin, end_derived, hold
from networks.membership.models import Membership, Role
from networks.membership.rules import one_line
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.errors import Refused

from . import queries, rules
from .models import OPEN, Flow, Link, LinkKind, MadeOf

ONE_AT_A_TIME = 20_260_801  # the key of the lock, here and in the trigger (networks/migrations)
DERIVED = "derived"


@transaction.atomic
def propose(
    network: Network,
    other: Network | None,
    *,
    address: str,
    where: str,
    gives: Collection[str],
    words: str,
    by: Person,
) -> Link:
    """Ask another network to stand `where` (rules.ABOVE, BELOW, BESIDE) to this one, and say what
    it may see of this one once it agrees. Its coordinators are told.

    `address`: what was typed, for a network that `by` does not know; then the answer is the same
    whether there is one (`other`) or not. Again finds the proposal that waits. Raises Refused as
    rules.check_asking does, for a link that stands already and, among networks that `by` knows,
    for one that would make a circle.
    """
    hold(network)
    if other and other.pk == network.pk:
        raise Refused(_("That is this network itself. Choose another one."))
    kind, upper, lower = _ends(network, other, where)
    same = Q(asker=network, address=address) if address else Q(pk=None)
    if other:
        same |= Q(upper=other) | Q(lower=other)
    rows = Link.objects.of(network).filter(same, kind=kind)
    if made := rows.filter(OPEN).first():
        return _already(made, network)
    if other and not address:
        _refuse_circle(kind, upper, lower)
    _check_pace(network, rows)
    link = Link.objects.create(
        kind=kind, upper=upper, lower=lower, asker=network, address=address,
        words=one_line(words, 300), asked_by=by, asked_at=clock.now(),
    )  # fmt: skip
    _write_flows(link, network, gives)
    note("link.proposed", by=by, network_id=network.pk, about_id=link.pk)
    if other and not other.closed_at:
        _tell(other, "link_asked", link, by)
    return link


@transaction.atomic
def answer(
    link: Link, network: Network, *, agrees: bool, gives: Collection[str] = (), by: Person
) -> Link:
    """The network that was asked agrees, and says what the other may see of it, or says not now.

    The same answer again changes nothing. Raises Refused when the proposal was taken back or
    answered otherwise, and for a link that would make a circle.
    """
    row = _held(link)
    if network.pk == row.asker_id:
        raise Refused(_("It is for the other network to answer."))
    if row.ended_at:
        raise Refused(_("They have taken the proposal back."))
    if (agrees and row.agreed_at) or (not agrees and row.declined_at):
        return row
    if not row.waits:
        raise Refused(_("Somebody has answered already. Look again."))
    now = clock.now()
    if agrees:
        _one_at_a_time()
        _refuse_circle(row.kind, row.upper, row.lower)
        row.agreed_at = now
        row.flows.update(since=now)
    else:
        row.declined_at = now
    row.answered_by = by
    row.save(update_fields=["agreed_at", "declined_at", "answered_by"])
    if agrees:
        _write_flows(row, network, gives)
    withdraw(row.pk, "link_asked", reason=_("Somebody has answered."))
    deed = "link.agreed" if agrees else "link.declined"
    for one in row.ends() if agrees else [network]:
        note(deed, by=by, network_id=one.pk, about_id=row.pk)
    _tell(row.asker, "link_answer", row, by)
    return row


@transaction.atomic
def give(link: Link, network: Network, *, gives: Collection[str], by: Person) -> None:
    """Choose anew what the other end sees of this network; its coordinators are told. The same
    again changes nothing. Raises Refused when the link does not stand."""
    row = _held(link)
    if not row.stands:
        raise Refused(_("This link has ended."))
    if not _write_flows(row, network, gives):
        return
    entry = note("link.gives", by=by, network_id=network.pk, about_id=row.pk)
    _tell(row.other(network), "link_gives", row, by, version=entry.pk)


@transaction.atomic
def end(link: Link, network: Network, *, words: str, by: Person) -> None:
    """End a link, or take back one's own proposal; exactly what flowed along it stops. The other
    side is told, with a word. Again changes nothing. Raises Refused for a proposal of others."""
    row = _held(link, even_closed=True)
    if row.ended_at or row.declined_at:
        return
    if row.waits and network.pk != row.asker_id:
        raise Refused(_("Say yes or not now to it."))
    stood, now = row.stands, clock.now()
    row.ended_at, row.ended_by, row.ended_of = now, by, network
    row.ended_words = one_line(words, 300)
    row.save(update_fields=["ended_at", "ended_by", "ended_of", "ended_words"])
    row.flows.filter(until=None).update(until=now)
    withdraw(row.pk, "link_asked", "link_gives", reason=_("The link has ended."))
    for one in row.ends() if stood else [network]:
        note("link.ended", by=by, network_id=one.pk, about_id=row.pk)
    other = row.other(network)
    if stood and other:
        _tell(other, "link_ended", row, by)


# --- Whom a network is made of -----------------------------------------------------------------


@transaction.atomic
def make_of(network: Network, *, role: str, adopts: bool, by: Person) -> MadeOf:
    """From now on whoever has the role (Role.COORDINATOR, or FACILITATOR for both) in a network
    that is part of this one is a member of it, for as long as they have it.

    `adopts`: also those who are members here already, and have it now, go by their role.
    """
    hold(network)
    made = queries.made_of(network)
    if made is None or made.role != role:
        MadeOf.objects.filter(network=network, until=None).update(until=clock.now())
        made = MadeOf.objects.create(network=network, role=role, since=clock.now(), by=by)
        note("network.made_of", by=by, network_id=network.pk, role=role)
    if adopts:
        have = [person for person, end in queries.until_when(made).items() if end is None]
        here = Membership.objects.filter(network=network, person__in=have, role=Role.MEMBER)
        here.current().update(came_by=DERIVED)
    return made


@transaction.atomic
def stop_making_of(network: Network, *, by: Person) -> None:
    """Members come by invitation again; whoever is here stays. Again changes nothing."""
    hold(network)
    if not MadeOf.objects.filter(network=network, until=None).update(until=clock.now()):
        return
    Membership.objects.filter(network=network, came_by=DERIVED).current().update(came_by="")
    note("network.made_of_ended", by=by, network_id=network.pk)


def follow_roles() -> None:
    """What time does: the members of each network that is made of others' coordinators."""
    for pk in MadeOf.objects.filter(until=None, network__closed_at=None).values_list("pk"):
        _follow(pk[0])


@transaction.atomic
def _follow(pk: int) -> None:
    """Whoever has the role now is in; whoever has lost it by yesterday is out."""
    network = MadeOf.objects.select_related("network").get(pk=pk).network
    try:
        hold(network)
    except Refused:
        return  # closed a moment ago
    made = MadeOf.objects.select_related("network").filter(pk=pk, until=None).first()
    if made is None:
        return  # another worker's coordinator has just ended it
    ends = queries.until_when(made)
    spells = Membership.objects.filter(network=network).current().select_related("person")
    here = {spell.person_id: spell for spell in spells}
    _let_in(network, {one for one, end in ends.items() if end is None} - set(here))
    for person, spell in here.items():
        end = ends.get(person)
        if person in ends and not queries.over_since_yesterday(end, network.zone):
            continue
        if spell.came_by == DERIVED:
            spell.network = network
            end_derived(spell)
            # No network stands on it: they are in it no more.
            tell(Person.objects.filter(pk=person), "derived_goodbye", spell.pk)
        elif end:
            _once("derived.stays", network, person)


def _let_in(network: Network, people: set[int]) -> None:
    by_choice = queries.gone_by_choice(network) & people
    for person in sorted(by_choice):
        _once("derived.stays_out", network, person)
    for person in Person.objects.filter(pk__in=people - by_choice, is_active=True).order_by("pk"):
        spell = begin(network, person, came_by=DERIVED, by=None)
        me = Person.objects.filter(pk=person.pk)
        tell(me, "derived_welcome", spell.pk, network_id=network.pk)


def _once(deed: str, network: Network, person: int) -> None:
    """An exception from the rule ("derived.stays", "derived.stays_out") goes on the trail, once."""
    told = AuditEntry.objects.filter(deed=deed, network_id=network.pk, about_id=person)
    if not told.exists():
        note(deed, by=None, network_id=network.pk, about_id=person)


# --- What the deeds share ----------------------------------------------------------------------


def _ends(
    network: Network, other: Network | None, where: str
) -> tuple[str, Network | None, Network | None]:
    """(kind, upper, lower) of a link in which `other` stands `where` to the network."""
    if where == rules.ABOVE:
        return LinkKind.CHILD, other, network
    return (LinkKind.CHILD if where == rules.BELOW else LinkKind.PEER), network, other


def _held(link: Link, *, even_closed: bool = False) -> Link:
    """The link as it is now, while nobody else changes it or its networks."""
    ends = Link.objects.with_names().get(pk=link.pk).ends()
    for one in sorted(ends, key=lambda network: network.pk):
        hold(one, even_closed=even_closed)
    return Link.objects.with_names().get(pk=link.pk)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _refuse_circle(kind: str, upper: Network | None, lower: Network | None) -> None:
    if kind == LinkKind.CHILD and upper and lower and queries.is_part_of(upper, lower):
        raise Refused(
            _("%(upper)s is itself part of %(lower)s. A network cannot be part of itself.")
            % {"upper": upper.name, "lower": lower.name}
        )


def _already(made: Link, network: Network) -> Link:
    if made.agreed_at:
        raise Refused(_("These two networks are linked this way already."))
    if made.asker_id != network.pk:
        raise Refused(_("They have asked you already. You find it among your linked networks."))
    return made


def _check_pace(network: Network, rows: Iterable[Link]) -> None:
    declined = [one.declined_at for one in rows if one.declined_at and one.asker_id == network.pk]
    waiting = Link.objects.waiting().filter(asker=network).count()
    rules.check_asking(max(declined, default=None), waiting, clock.now())


def _write_flows(link: Link, giver: Network, gives: Collection[str]) -> bool:
    """Let go along the link what is chosen, and stop the rest; whether that changed anything."""
    now, chosen = clock.now(), set(gives)
    open_rows = Flow.objects.filter(link=link, giver=giver, until=None)
    before = set(open_rows.values_list("what", flat=True))
    open_rows.exclude(what__in=chosen).update(until=now)
    Flow.objects.bulk_create(
        Flow(link=link, giver=giver, what=what, since=now) for what in sorted(chosen - before)
    )
    return chosen != before


def _tell(network: Network, kind: str, link: Link, by: Person, version: int = 0) -> None:
    people = membership.coordinators(network).exclude(pk=by.pk)
    tell(people, kind, link.pk, network_id=network.pk, version=version)
