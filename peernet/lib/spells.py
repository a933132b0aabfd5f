"""Periods from a moment until another, the second open while they last.

What makes rows with `since` and `until` comparable in the database, and asks them for a date.
"""

from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Func, Q


class Spell(Func):
    """From `since` until `until` as a range that PostgreSQL can compare."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class SpellQuerySet(models.QuerySet):
    def at(self, moment: datetime) -> Self:
        """Spells that cover the moment, aware: "who was a member on 1 May?"."""
        return self.filter(since__lte=moment).filter(Q(until=None) | Q(until__gt=moment))

    def current(self) -> Self:
        """Spells that nobody has ended."""
        return self.filter(until=None)
