from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from networks.network.models import Network
from peernet.lib import clock, once, personal, portable

from .rules import LONGEST_WORDS


class RequestState(models.TextChoices):
    ASKED = "asked", _("Asked")
    WELCOME = "welcome", _("Welcome")
    DECLINED = "declined", _("Not now")
    WITHDRAWN = "withdrawn", _("Taken back")


class JoinRequest(models.Model):
    """Somebody asks to be let into a network, or back into it; a conversation with its
    coordinators, until they answer or it is taken back."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="requests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    returns = models.BooleanField(default=False)  # they were in it once
    question = models.CharField(max_length=300, blank=True)  # as it was put to them
    words = models.TextField(_("Answer"), max_length=LONGEST_WORDS, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    # Since when the network is to say something; None while it is the person's turn, or settled.
    waits_since = models.DateTimeField(null=True, blank=True)
    turns = models.PositiveSmallIntegerField(default=0)  # how many words followed
    state = models.CharField(max_length=9, choices=RequestState.choices, default=RequestState.ASKED)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    personal = personal.about(
        "person",
        download=("network__name", "question", "words", "asked_at", "state", "answered_at"),
        did=("answered_by",), did_download=("network__name", "answered_at", "state"),
        erase="delete", title=_("When you asked to join a network, or to come back"),
        merge=personal.Merging("earliest", by="asked_at"),
    )  # fmt: skip
    portable = portable.rows(
        "person", "person__name", "asked_at", "state", "answered_at",
        title=_("Who asked to join, or to come back"),
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(
                fields=["waits_since"], condition=Q(state="asked"), name="requests_that_wait"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person"], condition=Q(state="asked"), name="one_open_request"
            ),
            models.CheckConstraint(
                condition=Q(state="asked") | Q(waits_since=None), name="settled_waits_no_more"
            ),
        ]


class RequestWord(models.Model):
    """What one of the two sides said in the conversation of a request."""

    request = models.ForeignKey(JoinRequest, models.CASCADE, related_name="said")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.TextField(max_length=LONGEST_WORDS)
    at = models.DateTimeField(default=clock.now)
    theirs = models.BooleanField()  # of whoever asked; else a coordinator's
    once = once.field()

    personal = personal.about(
        "author", download=("request__network__name", "text", "at"), erase="delete",
        title=_("What you wrote when somebody asked to join"),
    )  # fmt: skip
    portable = portable.left_out("What somebody said when asking in is for those who answer it.")

    class Meta:
        ordering = ["pk"]
