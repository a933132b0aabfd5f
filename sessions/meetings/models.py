from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peernet.lib import clock, once, personal, portable
from sessions.cadence.models import Session


class Reply(models.TextChoices):
    YES = "yes", _("Yes")
    MAYBE = "maybe", _("Maybe")
    NO = "no", _("No")


class Why(models.TextChoices):
    """What keeps somebody from a session."""

    TIME = "time", _("The time")
    TRAVEL = "travel", _("The way there")
    ACCESS = "access", _("Access or care")
    OTHER = "other", _("Something else")


class Answer(models.Model):
    """What somebody said to an invitation; one row per person and session. `why`: what keeps them
    away, if they said; it leaves as a number of many people, with nobody's name."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="answers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="answers")
    reply = models.CharField(max_length=5, choices=Reply.choices)
    why = models.CharField(max_length=6, choices=Why.choices, blank=True, default="", db_default="")
    at = models.DateTimeField(default=clock.now)

    personal = personal.about(
        "person", download=("session__title", "reply", "why", "at"), erase="delete",
        title=_("Your answers to invitations"),
        merge=personal.Merging("latest", by="at"),
    )  # fmt: skip
    portable = portable.rows(
        "session", "session__title", "person__name", "at", at="session__network",
        title=_("Who said that they would come"), where={"reply": "yes"},
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="one_answer_per_person"),
            models.CheckConstraint(
                condition=Q(why="") | Q(reply=Reply.NO), name="why_is_of_who_cannot_come"
            ),
        ]


class Whom(models.TextChoices):
    """To whom of those invited a message goes."""

    YES = "yes", _("Those who said yes")
    SILENT = "silent", _("Those who have not answered yet")


class SessionMessage(models.Model):
    """A few words from whoever runs a session, sent once to some of those it is for."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="messages")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    whom = models.CharField(_("To whom?"), max_length=6, choices=Whom.choices)
    text = models.TextField(_("Your message"), max_length=1000)
    at = models.DateTimeField(default=clock.now)
    once = once.field()

    personal = personal.about(
        "by",
        download=("session__title", "text", "at"),
        erase="blank",
        blank=("text",),
        title=_("Messages you sent about sessions"),
    )
    portable = portable.rows(
        "session", "session__title", "by__name", "whom", "text", "at", at="session__network",
        title=_("Messages about sessions"),
    )  # fmt: skip
