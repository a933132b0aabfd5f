"""Who gets a weekly mail when, and what is in it."""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from members.notices.models import Notice, NoticeState
from members.people.models import Person

from . import rules


def rhythms() -> Iterator[tuple[str, int, int]]:
    """Each zone, weekday and hour at which somebody's weekly mail comes."""
    people = Person.objects.filter(is_active=True, weekly=True).order_by()
    return people.values_list("zone", "weekly_day", "weekly_hour").distinct().iterator()


def readers(zone: str, day: int, hour: int) -> QuerySet[Person]:
    """Whose weekly mail comes at this weekday and hour of this zone."""
    return Person.objects.filter(
        is_active=True, weekly=True, zone=zone, weekly_day=day, weekly_hour=hour
    )


def overtaken(notice: Notice) -> bool:
    """Whether the weekly mail of a later week is there already: it tells this one's news, too."""
    later = Notice.objects.filter(kind=notice.kind, person=notice.person_id, pk__gt=notice.pk)
    return later.exists()


def items(notice: Notice) -> list[rules.Item]:
    """What this weekly mail tells its reader, as of now: from each room that
    settings.DIGEST_SECTIONS names, what they may read and have not read."""
    gone = Notice.objects.filter(
        kind=notice.kind, person=notice.person_id, pk__lt=notice.pk,
        state__in=[NoticeState.SENT, NoticeState.UNCERTAIN],
    )  # fmt: skip
    before = gone.order_by("-pk").values_list("created_at", flat=True).first()
    since, until = rules.covered(notice.created_at, before)
    sections = [import_string(path) for path in settings.DIGEST_SECTIONS]
    return [item for section in sections for item in section(notice.person, since, until)]
