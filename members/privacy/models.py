from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.people.models import Person
from peernet.lib import clock, personal

KEPT = timedelta(days=7)  # once it is ready
NOT_AGAIN = timedelta(minutes=10)  # after it was asked for


class ArchiveState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    PACKING = "packing", _("Being packed")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be packed")


class Archive(models.Model):
    """The copy of their own data that somebody asked for: one at a time, packed by a worker.

    Its file lies in VAR_DIR and not among the uploads: all that is in it is in a backup already.
    """

    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=ArchiveState.choices, default=ArchiveState.ASKED)
    asked_at = models.DateTimeField(_("Asked for"), default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    busy_until = models.DateTimeField(null=True, blank=True)  # a worker that died is given up then
    file = models.CharField(max_length=40, blank=True)  # its name, which nobody can guess
    bytes = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(_("Ready"), null=True, blank=True)

    personal = personal.about(
        "person",
        download=("asked_at",),
        erase="delete",
        title=_("The copy of your data that you asked for"),
        merge=personal.Merging("gone"),
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="archives_to_pack",
                condition=models.Q(state__in=["asked", "packing"]),
            )
        ]

    @property
    def under_way(self):
        return self.state in (ArchiveState.ASKED, ArchiveState.PACKING)

    @property
    def kept_until(self):
        return self.ready_at + KEPT

    @property
    def again_from(self):
        """When another may be asked for."""
        return self.asked_at + NOT_AGAIN

    @property
    def is_settled(self):
        """Whether another may be asked for now."""
        return not self.under_way and clock.now() >= self.again_from
