"""What a network is called and is for, and its house rules."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from peernet.lib import clock, seen, words
from peernet.lib.errors import Refused

from .models import Charter, Entry, Network
from .queries import charter_in_force
from .rules import check_correction

SETTINGS = ("name", "purpose", "zone", "accent", "leads_invite", "entry", "question")


@transaction.atomic
def edit_network(
    network: Network,
    *,
    name: str,
    purpose: str,
    zone: str,
    accent: int,
    leads_invite: bool,
    entry: str = Entry.INVITED,
    question: str = "",
    mark: str,
    by: Person,
) -> None:
    """Change what the network is called and is for; its address stays, since people know it.

    `mark` is of what its settings said when the form was opened (peernet.lib.seen). Raises
    Refused when somebody else changed them since, and for "question" without one.
    """
    row = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    wanted = {"name": name, "purpose": purpose, "zone": zone, "accent": accent,
              "leads_invite": leads_invite, "entry": entry, "question": question}  # fmt: skip
    if entry == Entry.QUESTION and not question:
        raise Refused(_("Write the question you ask people who would like to join."))
    seen.check(row, mark, wanted)
    for field, value in wanted.items():
        setattr(row, field, value)
    row.save(update_fields=SETTINGS)
    note("network.edited", by=by, network_id=row.pk)


@transaction.atomic
def publish_charter(
    network: Network, text: str, *, after: int, room: int | None = None, what: str = "",
    asks: bool = True, review_on: date | None = None, by: Person,
) -> Charter:  # fmt: skip
    """Put new house rules in force, or what a room adds to them; everybody is asked to accept them
    again, but for a small correction (`asks`).

    `after` is the version that the writer started from, 0 for none; `what`: what is new. The text
    in force again changes only when it is looked at. Raises Refused when somebody else published a
    newer one since, and for a correction that is none.
    """
    Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    now = charter_in_force(network, room)
    if now and now.text == text:
        now.review_on = review_on
        now.save(update_fields=["review_on"])
        return now
    if (now.version if now else 0) != after:
        raise Refused(
            _("Somebody else put new house rules in force on %(when)s. Read them below, then "
              "press the button again to replace them with yours.")
            % {"when": words.when(now.published_at)}
        )  # fmt: skip
    if now and not asks:
        check_correction(now.text, text)
    charter = Charter.objects.create(
        network=network, room_id=room, version=after + 1, text=text, note=what,
        asks=asks or not after, review_on=review_on, published_by=by, published_at=clock.now(),
    )  # fmt: skip
    deed = "room.rules" if room else "charter.published" if charter.asks else "charter.corrected"
    note(deed, by=by, network_id=network.pk, about_id=charter.pk, version=charter.version)
    return charter
