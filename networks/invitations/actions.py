"""Asking people into a network, and what becomes of it.

Every deed here first holds its network (see networks.membership.actions), so that two at the same
moment are done one after the other: there is never a doubled invitation.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell, tell_address, withdraw
from members.notices.models import Notice, NoticeState
from members.organisations.actions import recognise
from members.organisations.models import Organisation
from members.people.actions import welcome
from members.people.models import Person
from networks.membership import queries as membership
from networks.membership.actions import accept_charter, begin, give_seat, hold
from networks.membership.models import Membership, Role
from networks.membership.rules import checked_name, one_line
from networks.network.models import Cohort, Network
from networks.network.queries import charter_in_force
from networks.seats.models import Holding, Part, Seat
from peernet.lib import clock, seen, words
from peernet.lib import once as doubled
from peernet.lib.errors import Refused

from . import queries, rules
from .models import Invitation, Nomination, new_token

LONGEST_ORGANISATION, LONGEST_ADDRESS = 160, 254
MARKED = ("email", "name", "role")  # what a correction must not overwrite unseen


@transaction.atomic
def invite(
    network: Network,
    *,
    email: str,
    name: str,
    organisation: str | None,
    part: str = "",
    cohort: Cohort | None = None,
    role: str = Role.MEMBER,
    nomination: str = "",
    batch=None,  # noqa: ANN001 -- networks.imports.Import: a room above this one
    by: Person,
    once: UUID | None = None,
) -> Invitation:
    """Ask somebody into the network: the letter is written down and goes within seconds.

    `organisation` is a name as people write it; it is recognised or made; `part` is what they are
    to do in its seat (as networks.seats.actions.take has it). `batch` is the Import
    it came with. With the `nomination` WAITS nothing goes until a coordinator says yes. Raises
    Refused for what is no address or no name, and for somebody who is in
    the network or invited already. The same `once` again finds the first invitation.
    """
    hold(network)
    if once and (made := Invitation.objects.filter(network=network, once=once).first()):
        return made
    email, name = _email(email), checked_name(name)
    refuse_known(network, email)
    yesterday = clock.now() - timedelta(days=1)
    lately = Invitation.objects.filter(network=network, email=email, invited_at__gt=yesterday)
    if lately.count() >= rules.INVITED_A_DAY:
        raise Refused(_("This address was invited often today. Try again tomorrow."))
    invitation, _new = doubled.create(
        Invitation, once, network=network, email=email, name=name, role=role, cohort=cohort,
        organisation=_organisation(organisation), part=part, invited_by=by, batch=batch,
        nomination=nomination,
    )  # fmt: skip
    _begin(invitation)
    note("nomination.made" if nomination else "invitation.made", by=by, network_id=network.pk,
         about_id=invitation.pk)  # fmt: skip
    return invitation


@transaction.atomic
def ask_in(
    seat: Seat, *, email: str, name: str, part: str, by: Person, once: UUID | None = None
) -> Invitation | Holding:
    """Ask one more person to hold an organisation's seat, with a part. A coordinator gives it at
    once to somebody who is in the network. Whoever leads for the organisation nominates: a
    coordinator has to say yes, unless the network lets leads invite.

    Raises Refused as `invite` does, to others than coordinators for who may lead, and for whom a
    coordinator said "not now" a short while ago.
    """
    runs = by.has_perm("networks.coordinate", seat.network)
    if not runs and part == Part.LEAD:
        raise Refused(_("A coordinator says who leads. Choose deputy or observer."))
    there = membership.member_with_address(seat.network, _email(email))
    if there and runs:
        return give_seat(seat.network, there, seat.organisation, part=part, by=by)
    named = "" if runs else Nomination.YES if seat.network.leads_invite else Nomination.WAITS
    if named:
        _refuse_declined(seat.network, _email(email))
    return invite(
        seat.network, email=email, name=name, organisation=seat.organisation.name, part=part,
        nomination=named, by=by, once=once,
    )  # fmt: skip


@transaction.atomic
def correct_invitation(
    invitation: Invitation,
    *,
    email: str,
    name: str,
    organisation: str | None,
    role: str,
    cohort: Cohort | None = None,
    mark: str | None = None,
    by: Person,
) -> Invitation:
    """Put an open invitation right. A new address kills the old link and gets its own letter.

    `mark` is of MARKED when the form was opened (peernet.lib.seen). Raises Refused when it is no
    longer open or somebody else changed it since, and as `invite` does.
    """
    invitation = _open(invitation)
    email, name = _email(email), checked_name(name)
    if mark is not None:
        seen.check(invitation, mark, {"email": email, "name": name, "role": role})
    moved = email != invitation.email
    invitation.name, invitation.role, invitation.cohort = name, role, cohort
    body = _organisation(organisation)
    if body != invitation.organisation:
        invitation.organisation, invitation.part = body, ""
    if moved:
        refuse_known(invitation.network, email)
        rules.check_letters(invitation.times_sent)
        withdraw(invitation.pk, "invitation", reason=_("The address was corrected."))
        invitation.email, invitation.token = email, new_token()
    invitation.save()
    if moved:
        write_to(invitation)
    note("invitation.corrected", by=by, network_id=invitation.network_id,
         about_id=invitation.pk, address=moved)  # fmt: skip
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, *, by: Person) -> Invitation:
    """Send an open invitation once more: five times at most, and five minutes apart.

    Raises Refused when it is too soon, too often, or no longer open.
    """
    invitation = _open(invitation)
    rules.check_letters(invitation.times_sent)
    rules.check_pause(invitation.sent_at, clock.now())
    write_to(invitation)
    note("invitation.sent_again", by=by, network_id=invitation.network_id, about_id=invitation.pk)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: Person) -> Invitation:
    """Take an invitation back: a letter still waiting is not sent, and the link explains itself.

    Again changes nothing. Raises Refused when it was taken up already.
    """
    invitation = held(invitation)
    if invitation.withdrawn_at:
        return invitation
    if invitation.accepted_at:
        raise Refused(_("%(name)s has joined already.") % {"name": invitation.name})
    invitation.withdrawn_at = clock.now()
    invitation.save(update_fields=["withdrawn_at"])
    letters = ("invitation", "invitation_ends", "nomination")
    withdraw(invitation.pk, *letters, reason=_("The invitation was withdrawn."))
    note("invitation.withdrawn", by=by, network_id=invitation.network_id, about_id=invitation.pk)
    return invitation


@transaction.atomic
def restore_invitation(invitation: Invitation, *, by: Person) -> Invitation:
    """Undo a withdrawal: the link they may have works again; a letter held back is sent after all.

    Again changes nothing. Raises Refused when they are in the network or invited anew by now, and
    to others than coordinators after a "not now".
    """
    invitation = held(invitation)
    if not invitation.withdrawn_at:
        return invitation
    refuse_known(invitation.network, invitation.email)
    if invitation.nomination == Nomination.NO:
        if not by.has_perm("networks.coordinate", invitation.network):
            _refuse_declined(invitation.network, invitation.email)
        invitation.nomination = Nomination.YES
    invitation.withdrawn_at = None
    invitation.save(update_fields=["withdrawn_at", "nomination"])
    letters = Notice.objects.filter(kind="invitation", about_id=invitation.pk)
    if not letters.filter(version=invitation.times_sent, state=NoticeState.SENT).exists():
        _begin(invitation)
    note("invitation.restored", by=by, network_id=invitation.network_id, about_id=invitation.pk)
    return invitation


def withdraw_all(network: Network, *, by: Person) -> None:
    """Withdraw every open invitation of a network that is about to close."""
    for invitation in Invitation.objects.filter(network=network).open().order_by("pk"):
        withdraw_invitation(invitation, by=by)


def restore_all(network: Network, *, since: datetime, by: Person) -> None:
    """Undo `withdraw_all` of that moment (aware); who is in the network by now needs none."""
    gone = Invitation.objects.filter(network=network, withdrawn_at__gte=since, accepted_at=None)
    for invitation in gone.order_by("pk"):
        if not membership.member_with_address(network, invitation.email):
            restore_invitation(invitation, by=by)


@transaction.atomic
def take_up(invitation: Invitation, person: Person, *, accepts_charter: bool) -> Membership:
    """Join: the person gets a spell in the network, and a seat where an organisation was named.

    Again changes nothing. Raises Refused for an invitation that was withdrawn, taken up by
    somebody else or sent to an address that is not the person's, and without the house rules.
    """
    invitation = held(invitation)
    network = invitation.network
    spell = membership.spell_of(network, person)
    if invitation.accepted_at:
        if spell is None or invitation.accepted_by_id != person.pk:
            raise Refused(_("This invitation was used already. Ask for a new one."))
        return spell
    if invitation.withdrawn_at:
        raise Refused(_("This invitation was withdrawn."))
    if invitation.ends_at <= clock.now() or invitation.nomination == Nomination.WAITS:
        raise Refused(_("This invitation has run out. Ask for a new one."))
    if not membership.owns_address(person, invitation.email):
        raise Refused(_("This invitation was sent to another address than yours."))
    charter = charter_in_force(network)
    if charter and not accepts_charter:
        raise Refused(_("Read the house rules, and tick that you accept them."))
    welcome(person.email, invitation.name)
    spell = spell or begin(
        network, person, role=invitation.role, cohort=invitation.cohort,
        organisation=invitation.organisation, part=invitation.part, by=person,
    )  # fmt: skip
    if charter:
        accept_charter(charter, by=person)
    invitation.accepted_at, invitation.accepted_by = clock.now(), person
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    withdraw(invitation.pk, "invitation", "invitation_ends", reason=_("They have joined already."))
    return spell


def remind_of_ends() -> None:
    """What time does: whoever was invited and has not joined hears once, a week before, that the
    link stops working."""
    for one in queries.ending_soon(clock.now()).select_related(None).iterator():
        tell_address(one.email, "invitation_ends", one.pk, network_id=one.network_id,
                     version=one.times_sent)  # fmt: skip


def nudge_leads() -> None:
    """What time does: who has spoken alone for an organisation for long is kindly asked, at most
    once a quarter, whether somebody else there would like to come too."""
    now = clock.now()
    for seat, person in queries.to_nudge(now):
        whom = Person.objects.filter(pk=person.pk)
        tell(whom, "second_person", seat.pk, network_id=seat.network_id,
             version=now.date().toordinal() // rules.QUARTER.days)  # fmt: skip


# --- What the deeds share ----------------------------------------------------------------------


def held(invitation: Invitation) -> Invitation:
    """The invitation as it is now, in a network that is held."""
    hold(invitation.network)
    rows = Invitation.objects.select_related("network", "organisation", "cohort")
    return rows.get(pk=invitation.pk)


def _open(invitation: Invitation) -> Invitation:
    invitation = held(invitation)
    if invitation.accepted_at:
        raise Refused(_("%(name)s has joined meanwhile.") % {"name": invitation.name})
    if invitation.withdrawn_at:
        raise Refused(_("This invitation was withdrawn meanwhile. Invite them again."))
    if invitation.nomination == Nomination.WAITS:
        raise Refused(_("Say yes to the nomination first."))
    return invitation


def _begin(invitation: Invitation) -> None:
    """Write the letter; of a nomination that waits, the coordinators'."""
    if invitation.nomination == Nomination.WAITS:
        people = membership.coordinators(invitation.network)
        tell(people, "nomination", invitation.pk, network_id=invitation.network_id)
    else:
        write_to(invitation)


def write_to(invitation: Invitation) -> None:
    """Write down one more letter with its link, which works for a while from now on."""
    invitation.times_sent += 1
    invitation.sent_at = clock.now()
    invitation.wanted = False
    invitation.save(update_fields=["times_sent", "sent_at", "wanted"])
    tell_address(
        invitation.email, "invitation", invitation.pk,
        network_id=invitation.network_id, version=invitation.times_sent,
    )  # fmt: skip


def refuse_known(network: Network, email: str) -> None:
    """Raises Refused for an address of somebody who is in the network, or invited already."""
    if person := membership.member_with_address(network, email):
        raise Refused(_("%(name)s is in this network already.") % {"name": person.shown_name})
    waiting = Invitation.objects.filter(network=network, email__iexact=email).open().first()
    if waiting and waiting.nomination == Nomination.WAITS:
        raise Refused(_("They are nominated already, and a coordinator has yet to answer."))
    if waiting:
        raise Refused(
            _("%(email)s was invited already, on %(day)s. You can send that invitation again.")
            % {"email": email, "day": words.day(waiting.invited_at)}
        )


def _refuse_declined(network: Network, email: str) -> None:
    declined = Invitation.objects.filter(
        network=network, email=email, nomination=Nomination.NO,
        withdrawn_at__gt=clock.now() - rules.NAMED_AGAIN,
    ).first()  # fmt: skip
    if declined:
        raise Refused(
            _("A coordinator said “not now” to this on %(day)s. Speak with them first.")
            % {"day": words.day(declined.withdrawn_at)}
        )


def _email(typed: str) -> str:
    email = typed.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        email = ""
    if not email or len(email) > LONGEST_ADDRESS:
        raise Refused(_("“%(email)s” is not an email address.") % {"email": typed.strip()[:80]})
    return email


def _organisation(typed: str | None) -> Organisation | None:
    name = one_line(typed or "", LONGEST_ORGANISATION)
    return recognise(name) if name else None
