"""Coming in, changing roles, taking a break, going out.

Every deed here first holds its network (one row lock), so that two at the same moment are done
one after the other: there is never a second spell, a doubled invitation or a network without a
coordinator.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import let_go, tell
from members.organisations.models import Organisation
from members.people.models import Person
from networks.network.models import Charter, Cohort, Network
from networks.seats import actions as seats
from networks.seats.models import Holding
from peernet.lib import clock
from peernet.lib.errors import Refused

from . import queries, rules
from .models import (
    CharterAcceptance,
    CohortSpell,
    Membership,
    Pause,
    Role,
)


@transaction.atomic
def begin(
    network: Network,
    person: Person,
    *,
    role: str = Role.MEMBER,
    cohort: Cohort | None = None,
    organisation: Organisation | None = None,
    part: str = "",
    came_by: str = "",
    by: Person | None,
) -> Membership:
    """Begin the person's time in the network, for an organisation or by themselves; for whoever is
    in it already, nothing changes. `part` in its seat: as seats.actions.take has it. `came_by` is
    a code for what brought them when nobody asked them in; then `by` is None."""
    hold(network)
    if spell := queries.spell_of(network, person):
        return spell
    spell = Membership.objects.create(
        network=network, person=person, role=role, since=clock.now(), came_by=came_by
    )
    if cohort and not cohort.closed_at:
        put_in_cohort(cohort, person, by=by)
    if organisation:
        seats.take(network, person, organisation, part=part)
    note("membership.begun", by=by, network_id=network.pk, about_id=person.pk, role=role)
    return spell


@transaction.atomic
def put_in_cohort(cohort: Cohort, person: Person, *, by: Person) -> CohortSpell:
    """The person is in the cohort from now on; again changes nothing.

    Raises Refused for whoever is not in the network, and when the cohort was closed.
    """
    hold(cohort.network)
    if Cohort.objects.filter(pk=cohort.pk).exclude(closed_at=None).exists():
        raise Refused(_("This cohort is closed. Open it again first."))
    if queries.spell_of(cohort.network, person) is None:
        raise Refused(_("They are no longer in the network."))
    mine = CohortSpell.objects.filter(cohort=cohort, person=person).current()
    if spell := mine.first():
        return spell
    made = CohortSpell.objects.create(cohort=cohort, person=person, since=clock.now())
    if cohort.welcome:
        due = max(cohort.starts_at, clock.now())
        who = Person.objects.filter(pk=person.pk)
        tell(who, "cohort_welcome", cohort.pk, network_id=cohort.network_id, due=due)
    note("cohort.entered", by=by, network_id=cohort.network_id, about_id=person.pk)
    return made


@transaction.atomic
def take_out_of_cohort(cohort: Cohort, person: Person, *, by: Person) -> None:
    """The person is in the cohort no more; they stay in the network. Again changes nothing."""
    hold(cohort.network)
    mine = CohortSpell.objects.filter(cohort=cohort, person=person).current()
    if mine.update(until=clock.now()):
        note("cohort.left", by=by, network_id=cohort.network_id, about_id=person.pk)


@transaction.atomic
def accept_charter(charter: Charter, *, by: Person) -> CharterAcceptance:
    """Write down that the person accepts this version of the house rules; once is enough."""
    acceptance, new = CharterAcceptance.objects.get_or_create(
        charter=charter, person=by, membership=queries.spell_of(charter.network, by),
        defaults={"at": clock.now()},
    )  # fmt: skip
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
        network=spell.network, person=spell.person, role=role,
        since=now, here_since=spell.here_since or spell.since,
    )  # fmt: skip
    note("membership.role", by=by, network_id=spell.network_id, about_id=spell.person_id, role=role)
    return changed


@transaction.atomic
def give_seat(
    network: Network, person: Person, organisation: Organisation, *, part: str = "", by: Person
) -> Holding:
    """Somebody who is in the network speaks for an organisation in it too; again changes nothing.

    `part`: as seats.actions.take has it. Raises Refused for somebody who is not in the network.
    """
    hold(network)
    if queries.spell_of(network, person) is None:
        raise Refused(_("They are no longer in the network."))
    held = seats.take(network, person, organisation, part=part)
    note("seat.given", by=by, network_id=network.pk, about_id=person.pk, part=held.part)
    return held


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
def end_derived(membership: Membership) -> None:
    """What brought somebody in (`came_by`) is over, and so is their time here; again changes
    nothing. Nobody is a coordinator that way, so one always stays."""
    hold(membership.network)
    spell = queries.spell_of(membership.network, membership.person)
    if spell is None or spell.pk != membership.pk:
        return
    _end(spell, spell.came_by, clock.now())
    note("membership.derived_end", by=None, network_id=spell.network_id, about_id=spell.person_id)


@transaction.atomic
def restore_member(membership: Membership, *, by: Person) -> Membership:
    """Undo a removal, or one's own leaving: the spell goes on as if it had not been ended. When
    that is no slip any more, they were away, and read nothing of what was said meanwhile.

    Again changes nothing. Raises Refused as rules.check_return does.
    """
    hold(membership.network)
    if spell := queries.spell_of(membership.network, membership.person):
        return spell
    membership.refresh_from_db()
    own = by.pk == membership.person_id
    rules.check_return(membership.reason, membership.until, clock.now(), own=own)
    ended, now = membership.until, clock.now()
    seats.bring_back(membership.network, membership.person, ended)
    membership.until, membership.reason = None, ""
    if now - ended > rules.SECOND_THOUGHTS:
        membership.here_since = now
    else:
        theirs = CohortSpell.objects.filter(person=membership.person, until=ended)
        theirs.filter(cohort__network=membership.network_id).update(until=None)
    membership.save(update_fields=["until", "reason", "here_since"])
    note("membership.restored", by=by, network_id=membership.network_id,
         about_id=membership.person_id)  # fmt: skip
    return membership


@transaction.atomic
def leave(network: Network, *, by: Person, even_last: bool = False) -> None:
    """End one's own time in the network, also in a closed one. Again changes nothing.

    Raises Refused for the last coordinator, who has to make somebody else one first, unless
    `even_last`: then whoever calls has the members asked (networks/succession).
    """
    network = hold(network, even_closed=True)
    spell = queries.spell_of(network, by)
    if spell is None:
        return
    if not network.closed_at and not even_last:
        _keep_a_coordinator(spell)
    _end(spell, "left", clock.now())
    note("membership.left", by=by, network_id=network.pk, about_id=by.pk)


# --- A break ------------------------------------------------------------------------------------


@transaction.atomic
def take_break(network: Network, *, back_on: date | None, words: str, by: Person) -> Pause:
    """Stay in the network and hear nothing from it until `back_on`, a day in its zone (None: until
    they say so). Again changes the day and the words. Raises Refused as rules.check_break does."""
    hold(network)
    if queries.spell_of(network, by) is None:
        raise Refused(_("You are not in this network."))
    rules.check_break(back_on, clock.today(network.zone))
    said = {"back_on": back_on, "words": rules.one_line(words, 200)}
    pause, _new = Pause.objects.update_or_create(
        network=network, person=by, ended_at=None,
        defaults=said, create_defaults=said | {"since": clock.now()},
    )  # fmt: skip
    note("membership.paused", by=by, network_id=network.pk, about_id=by.pk)
    return pause


@transaction.atomic
def come_back(pause: Pause, *, by: Person | None) -> None:
    """End a break: what waited for it may go now. Without `by`, because its day has come, and
    then a letter says what they missed. Again changes nothing."""
    row = Pause.objects.select_for_update().get(pk=pause.pk)
    if row.ended_at:
        return
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    let_go(row.person, row.network_id)
    if by is None:
        person = Person.objects.filter(pk=row.person_id)
        tell(person, "welcome_back", row.pk, network_id=row.network_id)
    note("membership.resumed", by=by, network_id=row.network_id, about_id=row.person_id)


def end_breaks() -> None:
    """What time does: whoever said until when is back on that day."""
    for pause in queries.breaks_that_are_over():
        come_back(pause, by=None)


@transaction.atomic
def put_away_steps(network: Network, *, by: Person) -> None:
    """The first steps in this network are not shown on Home any more."""
    Membership.objects.filter(network=network, person=by).current().update(steps_put_away=True)


# --- What the deeds share ----------------------------------------------------------------------


def hold(network: Network, *, even_closed: bool = False) -> Network:
    """Let no other deed of this room happen in the network until this one is done; returns it as
    it is now. Raises Refused when it is closed."""
    # NO KEY: posts and answers that only point at the network need not wait.
    held = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    if held.closed_at and not even_closed:
        raise Refused(_("This network is closed."))
    return held


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
    if reason != "role":
        mine = CohortSpell.objects.filter(person=spell.person, cohort__network=spell.network_id)
        mine.current().update(until=now)
        going = Pause.objects.filter(network=spell.network, person=spell.person, ended_at=None)
        going.update(ended_at=now)
        seats.end_all(spell.network, spell.person, reason, now)
