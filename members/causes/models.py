from django.db import models
from django.db.models import Q

from peernet.lib import personal, portable

from .rules import LATER


class CauseQuerySet(models.QuerySet):
    def due(self, now):
        """Those that a worker may take. What was put off, is so until then; longer than `LATER`
        is left from before the clock was put back."""
        free = Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + LATER)
        return self.filter(free).order_by("pk")


class Cause(models.Model):
    """That many are to be told of something: one row, written with the deed, however many they
    are. The next tick of the outbox writes a notice to each of them, and takes it away."""

    kind = models.CharField(max_length=40)  # and the rest as a Notice has it
    about_id = models.BigIntegerField()
    version = models.PositiveIntegerField(default=0)
    network_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)  # a fault of ours: tried again then

    objects = CauseQuerySet.as_manager()

    personal = personal.nothing("What sort of thing happened, and its number.")
    portable = portable.left_out("Mail that is about to be written.")
