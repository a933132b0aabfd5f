"""Publishing house rules, accepting them before one writes, and reminding of them once."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell
from members.people.models import Person
from networks.membership.actions import accept_charter
from networks.membership.models import Role
from networks.membership.queries import members
from networks.network.actions import publish_charter
from networks.network.models import Charter, Network
from networks.network.queries import charter_in_force
from peernet.lib import clock, words
from peernet.lib.errors import Refused

from . import queries


@transaction.atomic
def publish(
    network: Network, text: str, *, after: int, room: int | None = None, what: str = "",
    asks: bool = True, review_on: date | None = None, by: Person,
) -> Charter:  # fmt: skip
    """Put a new version in force. Who writes a promise has made it: they are not asked again."""
    said = {"after": after, "room": room, "what": what, "asks": asks, "review_on": review_on}
    charter = publish_charter(network, text, **said, by=by)
    if charter.text and charter.asks:
        accept_charter(charter, by=by)
    return charter


@transaction.atomic
def accept_shown(network: int, room: int | None, shown: str, *, by: Person) -> None:
    """Accept what somebody is asked to accept before they write in the room. `shown`: the ids of
    the texts that stood over the button they pressed.

    Raises Refused when others are in force: nobody accepts what they did not see.
    """
    seen = set(shown.split(","))
    asked = [one.charter for one in queries.owed(network, room, by)]
    if not {str(one.pk) for one in asked} <= seen:
        raise Refused(
            _("This is not posted yet: please read and accept the house rules first. They stand "
              "over the button, and one press accepts them and posts what you wrote.")
        )  # fmt: skip
    for charter in asked:
        accept_charter(charter, by=by)


@transaction.atomic
def remind(charter: Charter, *, by: Person) -> int:
    """Remind everybody who has not accepted the text; once for each version. How many that are."""
    row = Charter.objects.select_for_update(no_key=True).get(pk=charter.pk)
    if row.reminded_at:
        raise Refused(
            _("Whoever had not accepted this version was reminded on %(day)s. Once is enough.")
            % {"day": words.day(row.reminded_at)}
        )
    if charter_in_force(row.network, row.room_id) != row:
        raise Refused(_("There is a newer version by now. Look again."))
    people = queries.owing(row)
    count = people.count()
    row.reminded_at = clock.now()
    row.save(update_fields=["reminded_at"])
    tell(Person.objects.filter(pk__in=people.values("pk")), "charter_waits", row.pk,
         network_id=row.network_id)  # fmt: skip
    note("charter.reminded", by=by, network_id=row.network_id, about_id=row.pk)
    return count


@transaction.atomic
def tell_of_reviews() -> None:
    """Ask coordinators to look at their house rules again, once the day they named is there."""
    for charter in queries.to_review():
        people = members(charter.network, cohort=charter.room.cohort if charter.room else None)
        hosts = charter.network.memberships.current().filter(role=Role.COORDINATOR)
        people = people.filter(pk__in=hosts.values("person"))
        tell(people, "charter_review", charter.pk, network_id=charter.network_id)
