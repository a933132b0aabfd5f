"""Coming in, changing roles, going out.

Every deed here first holds its network (one row lock), so that two at the same moment are done
one after the other: there is never a second spell, a doubled invitation or a network without a
coordinator.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.organisations.actions import affiliate
from members.organisations.models import Organisation
from members.people.models import Person
from networks.network.models import Charter, Cohort, Network
from peernet.lib import clock
from peernet.lib.errors import Refused

from . import queries, rules
from .models import CharterAcceptance, Membership, Role, Seat


@transaction.atomic
def begin(
    network: Network,
    person: Person,
    *,
    role: str = Role.MEMBER,
    cohort: Cohort | None = None,
    organisation: Organisation | None = None,
    by: Person,
) -> Membership:
    """Begin the person's time in the network; for whoever is in it already, nothing changes."""
    hold(network)
    if spell := queries.spell_of(network, person):
        return spell
    seat = None
    if organisation:
        affiliate(person, organisation)
        seat, _new = Seat.objects.get_or_create(
            network=network, organisation=organisation, until=None
        )
    spell = Membership.objects.create(
        network=network, person=person, role=role, cohort=cohort, seat=seat, since=clock.now()
    )
    note("membership.begun", by=by, network_id=network.pk, about_id=person.pk, role=role)
    return spell


@transaction.atomic
def accept_charter(charter: Charter, *, by: Person) -> CharterAcceptance:
    """Write down that the person accepts this version of the house rules; once is enough."""
    acceptance, new = CharterAcceptance.objects.get_or_create(
        charter=charter, person=by, defaults={"at": clock.now()}
    )
    if new:
        note("charter.accepted", by=by, network_id=charter.network_id, about_id=charter.pk,
             version=charter.version)  # fmt: skip
    return acceptance


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: Person) -> Membership:
    """End the spell in the old role and begin one in the new role, at the same moment.

    Again changes nothing. Raises Refused for somebody who left, or whose role was changed by
    somebody else since, and when no coordinator would be left.
    """
    hold(membership.network)
    spell = queries.spell_of(membership.network, membership.person)
    if spell is None:
        raise Refused(_("They are no longer in the network."))
    if spell.role == role:
        return spell
    if spell.pk != membership.pk:
        raise Refused(
            _("Somebody changed this a moment ago: they are “%(role)s” now. Look again.")
            % {"role": spell.get_role_display()}
        )
    _keep_a_coordinator(spell)
    now = clock.now()
    _end(spell, "role", now)
    changed = Membership.objects.create(
        network=spell.network, person=spell.person, role=role, seat=spell.seat,
        cohort=spell.cohort, since=now,
    )  # fmt: skip
    note("membership.role", by=by, network_id=spell.network_id, about_id=spell.person_id, role=role)
    return changed


@transaction.atomic
def remove_member(membership: Membership, *, by: Person) -> Membership:
    """End somebody's time in the network; their organisation keeps its seat.

    Again changes nothing. Raises Refused when no coordinator would be left.
    """
    hold(membership.network)
    spell = queries.spell_of(membership.network, membership.person)
    if spell is None:
        return membership
    _keep_a_coordinator(spell)
    _end(spell, "removed", clock.now())
    note("membership.removed", by=by, network_id=spell.network_id, about_id=spell.person_id)
    return spell


@transaction.atomic
def restore_member(membership: Membership, *, by: Person) -> Membership:
    """Undo a removal, or one's own leaving: the spell goes on as if it had not been ended.

    Again changes nothing. Raises Refused as rules.check_return does.
    """
    hold(membership.network)
    if spell := queries.spell_of(membership.network, membership.person):
        return spell
    membership.refresh_from_db()
    own = by.pk == membership.person_id
    rules.check_return(membership.reason, membership.until, clock.now(), own=own)
    membership.until, membership.reason = None, ""
    membership.save(update_fields=["until", "reason"])
    note("membership.restored", by=by, network_id=membership.network_id,
         about_id=membership.person_id)  # fmt: skip
    return membership


@transaction.atomic
def leave(network: Network, *, by: Person) -> None:
    """End one's own time in the network. Again changes nothing.

    Raises Refused for the last coordinator, who has to make somebody else one first.
    """
    hold(network)
    spell = queries.spell_of(network, by)
    if spell is None:
        return
    _keep_a_coordinator(spell)
    _end(spell, "left", clock.now())
    note("membership.left", by=by, network_id=network.pk, about_id=by.pk)


# --- What the deeds share ----------------------------------------------------------------------


def hold(network: Network) -> None:
    """Let no other deed of this room happen in the network until this one is done."""
    # NO KEY: posts and answers that only point at the network need not wait.
    held = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    if held.closed_at:
        raise Refused(_("This network is closed."))


def _keep_a_coordinator(spell: Membership) -> None:
    """Nobody may go, or step down, who is the last to look after the network."""
    if spell.role != Role.COORDINATOR:
        return
    if not queries.coordinators(spell.network).exclude(pk=spell.person_id).exists():
        raise Refused(
            _("A network needs somebody who looks after it. Make another person coordinator first.")
        )


def _end(spell: Membership, reason: str, now) -> None:  # noqa: ANN001 -- datetime, aware
    spell.until, spell.reason = now, reason
    spell.save(update_fields=["until", "reason"])
