"""Agreeing, taking it back, and changing what people are asked."""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell
from members.people.models import Person
from networks.membership.models import Membership
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.errors import Refused

from . import queries, rules
from .models import Consent, ConsentText, Door, Ended


@transaction.atomic
def answer(
    network: Network, purpose: str, *, yes: bool, version: int | None = None,
    door: str = Door.PAGE, by: Person,
) -> Consent:  # fmt: skip
    """Agree to the text of today, or not; what one said before ends. `version`: the text that stood
    over the button. To take something back no text has to be read, and it is never refused.

    Raises Refused when the text is another one by now, and for who is not in the network.
    """
    if purpose not in rules.BY_CODE:
        raise Refused(_("Choose one of the answers shown."))
    _hold(network)
    now, _words = queries.in_force(network, purpose)
    if yes and version != now:
        raise Refused(_("The text has just changed. Read it once more; nothing was agreed to yet."))
    if yes and not Membership.objects.filter(network=network, person=by).current().exists():
        raise Refused(_("You are not in this network any more."))
    rows = Consent.objects.filter(network=network, person=by, purpose=purpose)
    standing = rows.filter(until=None).first()
    agreed = rows.in_force().exists()
    if standing and standing.yes == yes == agreed and standing.version == now:
        return standing  # said twice is said once
    rows.filter(until=None).update(until=_now(), ended=Ended.CHANGED)
    made = rows.create(network=network, person=by, purpose=purpose, version=now, yes=yes, door=door)
    deed = "consent.given" if yes else "consent.taken_back" if agreed else "consent.refused"
    note(deed, by=by, network_id=network.pk, about_id=made.pk, purpose=purpose, version=now)
    return made


@transaction.atomic
def publish(network: Network, purpose: str, text: str, *, after: int, by: Person) -> int:
    """Put the network's own words in force. Whoever agreed to those before is asked again, and no
    longer counts until they say yes; how many that are. A no stays a no.

    Raises Refused when somebody else changed it meanwhile (`after`: the version they saw).
    """
    _hold(network)
    version, words = queries.in_force(network, purpose)
    if version != after:
        raise Refused(_("Somebody else has just changed this text. Yours is still here."))
    if text == words:
        raise Refused(_("That is the text already."))
    made = ConsentText.objects.create(
        network=network, purpose=purpose, version=version + 1, text=text, published_by=by
    )
    rows = Consent.objects.filter(network=network, purpose=purpose, until=None, yes=True)
    asked = list(rows.in_force().values_list("person", flat=True))
    rows.update(until=_now(), ended=Ended.NEW_TEXT)
    tell(Person.objects.filter(pk__in=asked), "consent_again", made.pk, network_id=network.pk)
    note("consent.text", by=by, network_id=network.pk, about_id=made.pk, purpose=purpose)
    return len(asked)


@transaction.atomic
def show_to_linked(*, by: Person) -> None:
    """Whoever chose that linked networks may see something agrees to it, in each of their networks
    in which they never said anything of it. What they took back stays taken back."""
    spells = Membership.objects.filter(person=by, network__closed_at=None).current()
    said = Consent.objects.filter(person=by, purpose=rules.LINKED).values("network")
    for spell in spells.exclude(network__in=said).select_related("network").order_by("network"):
        version, _words = queries.in_force(spell.network, rules.LINKED)
        answer(
            spell.network, rules.LINKED, yes=True, version=version, door=Door.DETAILS, by=by
        )  # fmt: skip


def _now() -> Greatest:
    """When an answer ends: now, and never before it began on a server whose clock is ahead."""
    return Greatest(F("at"), clock.now())


def _hold(network: Network) -> None:
    """Nobody agrees to a text while it is being changed."""
    Network.objects.select_for_update(no_key=True).get(pk=network.pk)
