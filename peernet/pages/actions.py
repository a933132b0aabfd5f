"""Deeds that need several rooms at once."""

from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell, withdraw
from members.people.models import Person
from members.privacy.actions import erase
from networks.discussions.models import Room
from networks.imports.actions import discard_import
from networks.invitations.actions import restore_all, withdraw_all, withdraw_invitation
from networks.membership.actions import accept_charter, begin, hold, leave, take_break
from networks.membership.models import Pause, Role
from networks.membership.queries import members, readable_by
from networks.network.actions import publish_charter
from networks.network.models import Closing, Network
from networks.network.rules import slugs
from networks.succession.actions import ask as ask_members
from peernet.lib import clock, words
from peernet.lib import once as doubled
from peernet.lib.errors import Refused
from sessions.closing.actions import bring_back, stop_all
from sessions.meetings.actions import answer
from sessions.meetings.models import Reply

from . import account
from .breaks import coming_to

SECOND_THOUGHTS = timedelta(days=14)  # in which coordinators can open a closed network again


@transaction.atomic
def open_network(
    *, name: str, purpose: str, zone: str, accent: int, charter: str, once: UUID | None, by: Person
) -> Network:
    """Open a network: `by` looks after it, its house rules are in force, and one room is open.

    `charter` is the text of its first house rules. The same `once` again finds the network that
    the first press opened.
    """
    network, new = _named(once, name=name, purpose=purpose, zone=zone, accent=accent)
    if not new:
        return network
    begin(network, by, role=Role.COORDINATOR, by=by)
    accept_charter(publish_charter(network, charter, after=0, by=by), by=by)
    Room.objects.create(network=network, name=_("Everyone"))
    note("network.opened", by=by, network_id=network.pk)
    return network


@transaction.atomic
def close_account(*, address: str, by: Person, hand_on: bool = False) -> None:
    """Leave everywhere and erase what we hold about somebody, as the declarations say; for good.

    Again changes nothing. Raises Refused when `address`, typed to confirm, is not theirs, and for
    who is the only one to look after a network; with `hand_on`, its members are asked instead who
    takes it on.
    """
    # NO KEY: a deed elsewhere that points at the person need not wait, and cannot lock with us.
    person = Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    if not person.is_active:
        return
    if address.strip().lower() != person.email.lower():
        raise Refused(_("That is not your address. Type %(email)s.") % {"email": person.email})
    alone = account.looked_after_alone(person)
    if alone and not hand_on:
        names = {"names": words.listed([network.name for network in alone])}
        raise Refused(
            _("Only you look after %(names)s. Make somebody else coordinator there first.") % names
        )
    for batch in account.drafts_of(person):
        discard_import(batch, by=person)
    for invitation in account.invitations_to(person):
        withdraw_invitation(invitation, by=person)
    for network in readable_by(person).order_by("pk"):
        leave(network, by=person, even_last=hand_on)
    erase(person, by=person)
    for network in alone:
        if network.others:
            ask_members(network, gone=True)


def _named(once: UUID | None, *, name: str, **values: str | int) -> tuple[Network, bool]:
    """The network with the first address that is free; others may take one at the same moment."""
    for slug in slugs(name):
        if Network.objects.filter(slug=slug).exists():
            continue
        try:
            return doubled.create(Network, once, name=name, slug=slug, **values)
        except IntegrityError:
            continue
    raise Refused(_("There are many networks of that name. Choose a name that tells them apart."))


@transaction.atomic
def close_network(network: Network, *, name: str, words: str, by: Person) -> Closing:
    """Close a network for everybody: its sessions are cancelled and its invitations withdrawn,
    each with its letter; from now on it is only read.

    Raises Refused when `name`, typed to confirm, is not the network's, and when it is closed.
    """
    network = hold(network)
    if " ".join(name.split()).casefold() != " ".join(network.name.split()).casefold():
        raise Refused(_("That is not its name. Type “%(name)s”.") % {"name": network.name})
    closing = Closing.objects.create(network=network, by=by, at=clock.now(), words=words.strip())
    withdraw_all(network, by=by)
    stop_all(network, reason=closing.words or _("The network has closed."), by=by)
    network.closed_at = closing.at
    network.save(update_fields=["closed_at"])
    tell(members(network), "network_closed", closing.pk, network_id=network.pk)
    note("network.closed", by=by, network_id=network.pk, about_id=closing.pk)
    return closing


@transaction.atomic
def reopen_network(network: Network, *, by: Person) -> None:
    """Undo a closing: within two weeks for its coordinators, at any time for an operator.

    Sessions and invitations that ended with it are there again, as far as their day is still to
    come. Again changes nothing. Raises Refused.
    """
    network = hold(network, even_closed=True)
    if not network.closed_at:
        return
    if not by.is_operator and clock.now() - network.closed_at > SECOND_THOUGHTS:
        raise Refused(_("It closed more than two weeks ago. Ask whoever runs this platform."))
    since, network.closed_at = network.closed_at, None
    network.save(update_fields=["closed_at"])
    bring_back(network, since=since, by=by)
    restore_all(network, since=since, by=by)
    for closing in network.closings.filter(undone_at=None):
        closing.undone_at = clock.now()
        closing.save(update_fields=["undone_at"])
        withdraw(closing.pk, "network_closed", reason=_("The network was opened again."))
        tell(members(network), "network_opened", closing.pk, network_id=network.pk)
    note("network.reopened", by=by, network_id=network.pk)


@transaction.atomic
def pause(network: Network, *, back_on: date | None, words: str, say_no: bool, by: Person) -> Pause:
    """Take a break from a network; with `say_no`, answer no to the sessions that fall into it and
    that one said yes or maybe to. Raises Refused as take_break does."""
    going = coming_to(network, by, back_on) if say_no else []
    taken = take_break(network, back_on=back_on, words=words, by=by)
    for session in going:
        answer(session, by, Reply.NO, by=by)
    return taken
