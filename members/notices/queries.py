"""Reads of the outbox: its health, and what a network was sent."""

from datetime import datetime

from django.db.models import Min, QuerySet

from members.causes.queries import oldest_due as announced
from peernet.lib import clock

from .models import Heartbeat, Notice
from .rules import GIVEN_UP, REFUSALS


def oldest_due() -> datetime | None:
    """Since when the oldest notice that should have gone has been waiting; None when none is."""
    now = clock.now()
    written = Notice.objects.overdue(now).aggregate(at=Min("due_at"))["at"]
    return min((at for at in (written, announced(now)) if at), default=None)


def last_beat(job: str = "heartbeat") -> datetime | None:
    """When the job last ran to its end, or None when it never has."""
    return Heartbeat.objects.filter(job=job).values_list("at", flat=True).first()


def beats() -> dict[str, datetime]:
    """When each job last ran to its end."""
    return dict(Heartbeat.objects.values_list("job", "at"))


def is_given_up(person_id: int | None, address: str = "") -> bool:
    """Whether the mail server lately refused this person, or this address of nobody we know, so
    often that we do not try any more."""
    rows = Notice.objects.refused_to(person_id, address)
    return rows.filter(settled_at__gt=clock.now() - GIVEN_UP).count() >= REFUSALS


def sent_in(network_id: int) -> QuerySet[Notice]:
    """Everything written to somebody on behalf of the network, newest first."""
    return Notice.objects.filter(network_id=network_id).select_related("person").order_by("-pk")
