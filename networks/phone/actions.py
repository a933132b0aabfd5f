"""Saying that one can be rung, asking for a call, agreeing; and forgetting all of it again.

Nothing here is written to the audit trail: who talks to whom is nobody's business."""

import uuid

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from members.notices.actions import tell, withdraw
from members.people.models import Person
from networks.network.models import Network
from peernet.lib import clock, once
from peernet.lib.errors import Refused

from .models import PhoneCall, PhoneCount, PhoneLine

GONE = "It was taken back."


@transaction.atomic
def open_line(network: Network, *, number: str, times: str, topics: str, by: Person) -> PhoneLine:
    """Say that one is glad to be rung by members of the network; again changes what was said."""
    said = {"number": number, "times": times, "topics": topics}
    return PhoneLine.objects.update_or_create(network=network, person=by, defaults=said)[0]


@transaction.atomic
def close_line(network: Network, *, by: Person) -> None:
    """Be rung no more: one's number is forgotten, and what others had asked is, too."""
    PhoneLine.objects.filter(network=network, person=by).delete()
    _forget(list(PhoneCall.objects.filter(network=network, asked=by).values_list("pk", flat=True)))


@transaction.atomic
def ask(
    line: PhoneLine, *, number: str, words: str, by: Person, key: uuid.UUID | None = None
) -> PhoneCall:
    """Ask somebody for a call. `number`: one's own, which they see once they agree."""
    if line.person_id == by.pk:
        raise Refused(_("That is you."))
    if not PhoneLine.objects.standing().filter(pk=line.pk).exists():
        raise Refused(_("They cannot be rung any more."))
    old = PhoneCall.objects.filter(network=line.network_id, asker=by, asked=line.person_id)
    _forget(list(old.exclude(pk__in=PhoneCall.objects.standing()).values_list("pk", flat=True)))
    try:
        call, new = once.create(
            PhoneCall, key, network_id=line.network_id, asker=by, asked_id=line.person_id,
            number=number, words=words,
        )  # fmt: skip
    except IntegrityError:
        raise Refused(_("You have asked them already. They will see it.")) from None
    if new:
        people = Person.objects.filter(pk=line.person_id)
        tell(people, "call_asked", call.pk, network_id=call.network_id)
    return call


@transaction.atomic
def agree(call: PhoneCall, *, by: Person) -> None:
    """Say yes: from now on the two see each other's numbers. Only how often is counted."""
    row = PhoneCall.objects.standing().filter(pk=call.pk, asked=by)
    row = row.select_for_update(of=("self",)).first()
    if row is None:
        raise Refused(_("It was taken back meanwhile."))
    if not PhoneLine.objects.filter(network=row.network_id, person=by).exists():
        raise Refused(_("Say first when you can be rung, and at which number."))
    if row.agreed_at:
        return
    row.agreed_at = clock.now()
    row.save(update_fields=["agreed_at"])
    PhoneCount.objects.get_or_create(network_id=row.network_id)
    PhoneCount.objects.filter(network=row.network_id).update(agreed=F("agreed") + 1)
    tell(Person.objects.filter(pk=row.asker_id), "call_agreed", row.pk, network_id=row.network_id)


@transaction.atomic
def end(call: PhoneCall, *, by: Person) -> None:
    """Say no, take it back, or say that one has talked: either of the two, at any time. Neither
    sees the other's number after that."""
    if by.pk not in (call.asker_id, call.asked_id):
        raise Refused(_("Only the two of them can do that."))
    _forget([call.pk])


@transaction.atomic
def forget_what_is_over() -> None:
    """Delete numbers of people who left, and calls that are old or of people who left."""
    PhoneLine.objects.exclude(pk__in=PhoneLine.objects.standing().values("pk")).delete()
    over = PhoneCall.objects.exclude(pk__in=PhoneCall.objects.standing().values("pk"))
    _forget(list(over.values_list("pk", flat=True)))


def _forget(calls: list[int]) -> None:
    withdraw(calls, "call_asked", "call_agreed", reason=GONE)
    PhoneCall.objects.filter(pk__in=calls).delete()
