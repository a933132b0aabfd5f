"""Opening a cohort, and putting people in."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.people.models import Person
from networks.discussions.actions import open_room
from networks.discussions.models import RoomKind
from networks.membership.actions import hold, put_in_cohort
from networks.network.models import Cohort, Network
from peernet.lib import clock
from peernet.lib.errors import Refused


@transaction.atomic
def open_cohort(
    network: Network,
    *,
    name: str,
    starts_on: date,
    ends_on: date | None = None,
    welcome: str = "",
    with_room: bool = False,
    by: Person,
) -> Cohort:
    """Open a cohort; `with_room`: with a trusted room of its own under the same name.

    Its words begin with its first day, and never before now: a day set back opens nothing.
    Raises Refused when there is a cohort or a room with that name.
    """
    hold(network)
    starts_at = max(clock.midnight(starts_on, network.zone), clock.now())
    try:
        with transaction.atomic():
            cohort = Cohort.objects.create(
                network=network, name=name, starts_on=starts_on, ends_on=ends_on,
                welcome=welcome, starts_at=starts_at,
            )  # fmt: skip
    except IntegrityError:
        raise Refused(_("There is already a cohort with that name. Choose another one.")) from None
    if with_room:
        open_room(network, name=name, kind=RoomKind.TRUSTED, cohort=cohort, by=by)
    note("cohort.opened", by=by, network_id=network.pk, about_id=cohort.pk)
    return cohort


@transaction.atomic
def put_in(cohort: Cohort, people: Iterable[Person], *, by: Person) -> None:
    """These members are in the cohort from now on."""
    for person in people:
        put_in_cohort(cohort, person, by=by)
