from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from peernet.lib import clock, once, personal, portable
from sessions.cadence.models import Session


class Notes(models.Model):
    """What a session was about, in the words of those who were there. One text per session,
    which they share; the HTML is made once, when it is written."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="notes")
    text = models.TextField(max_length=20_000)  # Markdown
    html = models.TextField()
    by = models.ForeignKey(  # who wrote in it last
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    personal = personal.about(
        "by", download=("session__title", "text", "at"), erase="keep",
        why=_("Notes belong to all who met. Your name falls away with the account."),
        title=_("Notes of sessions that you wrote last"),
    )  # fmt: skip
    portable = portable.rows(
        "session", "session__title", "text", "by__name", "at", at="session__network",
        title=_("Notes of sessions"),
    )  # fmt: skip

    class Meta:
        verbose_name_plural = "notes"

    @property
    def body(self):
        return Markup(self.html)  # noqa: S704 -- cleaned by nh3, in actions


class Outcome(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class AgreedAction(models.Model):
    """Something that was agreed in a session: what, perhaps who, perhaps by when."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="agreed")
    what = models.CharField(_("What did you agree?"), max_length=200)
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    due = models.DateField(_("By when?"), null=True, blank=True)
    outcome = models.CharField(max_length=7, choices=Outcome.choices, default=Outcome.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    once = once.field()

    personal = personal.about(
        "who", download=("session__title", "what", "due", "outcome"), erase="keep",
        why=_("What was agreed is the group’s. Your name falls away with the account."),
        did=("by",), did_download=("session__title", "what", "at"),
        title=_("What you agreed to do"),
    )  # fmt: skip
    portable = portable.rows(
        "session", "session__title", "what", "who__name", "due", "outcome", "settled_at",
        at="session__network", title=_("What was agreed"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="open", settled_at=None)
                | (~Q(outcome="open") & Q(settled_at__isnull=False)),
                name="agreed_action_settled_has_a_time",
            )
        ]
