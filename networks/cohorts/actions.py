"""Opening a cohort, and putting people in."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.models import Notice
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
def change_cohort(
    cohort: Cohort, *, name: str, starts_on: date, ends_on: date | None, welcome: str, by: Person
) -> None:
    """Another name, other days, other words of welcome; its room keeps its own name.

    From when on words are its people's moves with the first day until that has come, and never
    after: who reads something reads on, and nothing said before opens. Raises Refused when another
    cohort has that name.
    """
    hold(cohort.network)
    now = clock.now()
    row = Cohort.objects.get(pk=cohort.pk)
    if row.starts_at > now:
        row.starts_at = max(clock.midnight(starts_on, cohort.network.zone), now)
        waiting = Notice.objects.waiting().filter(kind="cohort_welcome", about_id=row.pk)
        waiting.update(due_at=row.starts_at)
    row.name, row.starts_on, row.ends_on, row.welcome = name, starts_on, ends_on, welcome
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(_("There is already a cohort with that name. Choose another one.")) from None
    note("cohort.changed", by=by, network_id=row.network_id, about_id=row.pk)


@transaction.atomic
def close_cohort(cohort: Cohort, *, by: Person) -> None:
    """Nothing new begins for it: nobody comes in, no session, survey or room. What there is stays
    its people's. Again changes nothing."""
    if Cohort.objects.filter(pk=cohort.pk, closed_at=None).update(closed_at=clock.now()):
        note("cohort.closed", by=by, network_id=cohort.network_id, about_id=cohort.pk)


@transaction.atomic
def reopen_cohort(cohort: Cohort, *, by: Person) -> None:
    """It goes on. Again changes nothing."""
    if Cohort.objects.filter(pk=cohort.pk).exclude(closed_at=None).update(closed_at=None):
        note("cohort.reopened", by=by, network_id=cohort.network_id, about_id=cohort.pk)


@transaction.atomic
def put_in(cohort: Cohort, people: Iterable[Person], *, by: Person) -> None:
    """These members are in the cohort from now on."""
    for person in people:
        put_in_cohort(cohort, person, by=by)
