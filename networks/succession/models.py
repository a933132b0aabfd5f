"""Who looks after a network when its last coordinator is gone or away."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from networks.network.models import Network
from peernet.lib import clock, personal, portable

from .rules import ASKED_FOR


class Outcome(models.TextChoices):
    CHOSEN = "chosen", _("Members chose")
    BACK = "back", _("The coordinator is back")
    NAMED = "named", _("Somebody else looks after it")
    CLOSED = "closed", _("The network closed")


class Succession(models.Model):
    """Members are asked who takes a network on. `gone`: nobody is left who looks after it; else
    those who do have been away."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="successions")
    gone = models.BooleanField()
    began_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    chosen = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    tied = models.PositiveSmallIntegerField(default=0)  # how many had as many voices, if several

    personal = personal.about(
        "chosen", download=("network__name", "began_at", "ended_at"), erase="keep",
        why=_("Members must be able to see how their network was taken on. No name stands there."),
        title=_("Networks whose members chose you to look after them"),
    )  # fmt: skip
    portable = portable.rows(
        "gone", "began_at", "ended_at", "outcome", "chosen__name",
        title=_("When members were asked who takes it on"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network"], condition=Q(ended_at=None), name="one_succession_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="")
                | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="succession_ends_with_an_outcome",
            ),
        ]

    @property
    def due_at(self):
        """From when on voices are counted."""
        return self.began_at + ASKED_FOR


class Candidate(models.Model):
    """A member who would look after the network."""

    succession = models.ForeignKey(Succession, models.CASCADE, related_name="candidates")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    personal = personal.about(
        "person", download=("succession__network__name", "at"), erase="delete",
        title=_("When you offered to look after a network"),
        merge=personal.Merging("earliest", by="at"),
    )  # fmt: skip
    portable = portable.left_out("Who stood is gone when it is over; the log says who was chosen.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["succession", "person"], name="stands_once")]


class Yes(models.Model):
    """A member's voice for a candidate: one each, which they may give to another."""

    succession = models.ForeignKey(Succession, models.CASCADE, related_name="voices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="voices")
    at = models.DateTimeField(default=clock.now)

    personal = personal.about(
        "person", download=("succession__network__name", "at"), erase="delete",
        title=_("When you said who should look after a network"),
        merge=personal.Merging("latest", by="at"),
    )  # fmt: skip
    portable = portable.left_out("Nobody is told who gave whom a voice.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["succession", "person"], name="one_voice_each")
        ]
