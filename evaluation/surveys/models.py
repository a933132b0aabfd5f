"""A study, its questions and rounds, and answers that lead to nobody.

Nothing in Response or Answered points at a person: a mark made with the study's key stands there.
While the key is there, a person's own answers can be found for them (to go on, to pair rounds, to
give or erase them); when the study ends the key is deleted and nobody can. See
docs/decisions/0010-who-answered-what.md for what else could tell, and what is done about it.
"""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from networks.network.models import Cohort, Network
from peernet.lib import once, personal, portable

from . import rules


def new_key() -> bytes:
    return secrets.token_bytes(32)


class Study(models.Model):
    """One survey of a network, asked once or in several rounds."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    # Only its people are asked; fixed when the survey is made.
    cohort = models.ForeignKey(Cohort, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(_("Name of the survey"), max_length=120)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    key = models.BinaryField(null=True, default=new_key)  # deleted when the study ends
    shared = models.BooleanField(default=False)  # with the funder; fixed when first launched
    launched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    once = once.field()

    personal = personal.about(
        download=(), erase="keep",
        why=_("The survey is the network’s. Who opened it is not shown to anybody."),
        did=("made_by",), did_download=("network__name", "title"),
        title=_("Surveys you opened"),
    )  # fmt: skip
    portable = portable.rows(
        "title", "cohort__name", "shared", "launched_at", "ended_at", title=_("Surveys"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(key=None), name="an_ended_study_has_no_key"
            ),
        ]
        indexes = [models.Index(fields=["network", "-id"], name="study_of_network")]


class ItemKind(models.TextChoices):
    SCALE = rules.SCALE, _("How far do you agree?")
    NUMBER = rules.NUMBER, _("From 0 to 10")
    RANKING = rules.RANKING, _("An order")
    TEXT = rules.TEXT, _("Own words")


class Item(models.Model):
    """One question. Its `uid` stays; its words may change until the survey is first launched."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="items")
    uid = models.SlugField(max_length=40)
    kind = models.CharField(max_length=10, choices=ItemKind.choices)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=rules.LONGEST_WORDING)
    options = models.JSONField(default=dict)  # of a ranking: code -> words, in order

    personal = personal.nothing("A question.")
    portable = portable.rows(
        "study", "study__title", "position", "kind", "text", "options", at="study__network",
        title=_("Questions of surveys"),
    )  # fmt: skip

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["study", "uid"], name="one_item_per_uid"),
        ]


class Wave(models.Model):
    """One round of a study: asked of everybody who is a member when it opens."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="waves")
    number = models.PositiveSmallIntegerField()
    opens_on = models.DateField(_("Opens on"))  # days of the network's own calendar
    closes_on = models.DateField(_("Last day"))
    opened_at = models.DateTimeField(null=True)
    reminded = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    # Kept when it closes, so that no later erasure shows whose answers were taken out:
    asked = models.PositiveIntegerField(null=True)
    answered = models.PositiveIntegerField(null=True)
    figures = models.JSONField(null=True)  # rules.figures and rules.change

    personal = personal.nothing("Dates, and numbers that answers add up to.")
    portable = portable.rows(
        "study", "study__title", "number", "opens_on", "closes_on", "opened_at", "closed_at",
        at="study__network", title=_("Rounds of surveys, and what they add up to"),
        made={"results": "evaluation.reports.queries.survey_given"},
    )  # fmt: skip

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="one_wave_per_number"),
            models.UniqueConstraint(
                fields=["study"], condition=Q(closed_at=None), name="one_wave_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="wave_closes_after_it_opens"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether people can answer now."""
        return self.opened_at is not None and self.closed_at is None


class Response(models.Model):
    """One person's answers in one round, without the person and without a time.

    Its key is random, and closing a round writes all of them anew in a random order: neither a
    number nor their place in the table tells when they came.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="responses")
    mark = models.CharField(max_length=64)  # the same person's in every round of the study
    answers = models.JSONField(default=dict)  # the question's uid -> answer
    sent = models.BooleanField(default=False)  # what is not sent does not count

    personal = personal.nothing(
        "No column leads to a person. While the study's key is there, a person's own rows are "
        "found by their mark: evaluation.surveys gives and erases them (settings.OWN_DATA)."
    )
    portable = portable.left_out("Who answered what. Figures of a round are with the round.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "mark"], name="one_response_per_mark"),
        ]


class Answered(models.Model):
    """That somebody has answered a round, known apart from what they answered: by another mark."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="done")
    mark = models.CharField(max_length=64)

    personal = personal.nothing("As Response; gone when the round closes, but for their number.")
    portable = portable.left_out("Who answered.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "mark"], name="answered_once"),
        ]


class NoMore(models.Model):
    """Somebody wants no more mail about a study; they may answer all the same."""

    study = models.ForeignKey(Study, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    personal = personal.about(
        "person", download=("study__title",), erase="delete",
        title=_("Surveys you want no more mail about"),
        merge=personal.Merging("mine"),
    )  # fmt: skip
    portable = portable.left_out("Who wants no mail about a survey.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "person"], name="no_more_said_once"),
        ]
