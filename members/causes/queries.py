"""What many are still to be told of."""

from datetime import datetime

from django.db.models import Min

from .models import Cause


def oldest_due(now: datetime) -> datetime | None:
    """Since when the oldest has been waiting whose notices should have gone by `now` (aware)."""
    return Cause.objects.filter(due_at__lte=now).aggregate(at=Min("due_at"))["at"]
