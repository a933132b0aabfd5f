"""Introducing two people, answering, and forgetting it again.

Nothing here is written to the audit trail: who meets whom is nobody else's business."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from members.notices.actions import tell, withdraw
from members.people.models import Person
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import clock, once
from peernet.lib.errors import Refused

from .models import Introduction
from .rules import MOST_WAITING

GONE = "It was taken back."
KINDS = ("introduction_asked", "introduction_met")


@transaction.atomic
def introduce(
    network: Network, one: Person, other: Person, *, why: str, by: Person,
    key: uuid.UUID | None = None,
) -> Introduction:  # fmt: skip
    """Ask both, each by a letter of their own, whether they want to be introduced."""
    # One at a time for one introducer: two forms at once do not ask the same two people twice.
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    if key and (made := Introduction.objects.filter(once=key).first()):
        return made
    if len({one.pk, other.pk, by.pk}) < 3:
        raise Refused(_("Choose two different people, neither of them you."))
    if members(network).filter(pk__in=[one.pk, other.pk, by.pk]).count() < 3:
        raise Refused(_("One of them is no longer in this network."))
    pair = sorted([one, other], key=lambda person: person.pk)
    mine = Introduction.objects.filter(network=network, by=by)
    old = mine.filter(one__in=pair, other__in=pair)
    if old.standing().exists():
        raise Refused(_("You have introduced them already. They will see it."))
    if mine.standing().filter(met_at=None).count() >= MOST_WAITING:
        raise Refused(
            _("Many of your introductions still wait for an answer. Let those come first.")
        )
    _forget(list(old.values_list("pk", flat=True)))
    said = {"network": network, "by": by, "one": pair[0], "other": pair[1], "why": why}
    made, _new = once.create(Introduction, key, **said)
    tell(_people(made), "introduction_asked", made.pk, network_id=network.pk)
    return made


@transaction.atomic
def answer(introduction: Introduction, agrees: bool, *, by: Person) -> bool:
    """One of the two says yes or no, and can say otherwise until both said yes. Whether they are
    introduced now; then each gets the letter that brings them together."""
    row = Introduction.objects.standing().between(by).select_for_update(of=("self",))
    row = row.filter(pk=introduction.pk).first()
    if row is None:
        raise Refused(_("It was taken back meanwhile."))
    if row.met_at:
        return True
    if by.pk == row.one_id:
        row.one_agrees = agrees
    else:
        row.other_agrees = agrees
    row.met_at = clock.now() if row.one_agrees and row.other_agrees else None
    row.save(update_fields=["one_agrees", "other_agrees", "met_at"])
    if row.met_at:
        tell(_people(row), "introduction_met", row.pk, network_id=row.network_id)
    return row.met_at is not None


@transaction.atomic
def take_back(introduction: Introduction, *, by: Person) -> None:
    """The introducer thought better of it; not after the two said yes: then it is theirs."""
    row = Introduction.objects.select_for_update().filter(pk=introduction.pk, by=by).first()
    if row is None:
        return
    if row.met_at:
        raise Refused(_("They have both said yes: they know each other now."))
    _forget([row.pk])


@transaction.atomic
def forget_what_is_over() -> None:
    """Delete introductions that are old or of somebody who left."""
    standing = Introduction.objects.standing().values("pk")
    over = Introduction.objects.exclude(pk__in=standing).values_list("pk", flat=True)
    _forget(list(over))


def _people(row: Introduction):
    return Person.objects.filter(pk__in=[row.one_id, row.other_id])


def _forget(rows: list[int]) -> None:
    withdraw(rows, *KINDS, reason=GONE)
    Introduction.objects.filter(pk__in=rows).delete()
