from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peernet.lib import clock, personal
from sessions.cadence.models import Session


class Reply(models.TextChoices):
    YES = "yes", _("Yes")
    MAYBE = "maybe", _("Maybe")
    NO = "no", _("No")


class Answer(models.Model):
    """What somebody said to an invitation; one row per person and session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="answers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="answers")
    reply = models.CharField(max_length=5, choices=Reply.choices)
    at = models.DateTimeField(default=clock.now)

    personal = personal.about("person", download=("session__title", "reply", "at"), erase="delete")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="one_answer_per_person")
        ]


class AttendanceFile(models.Model):
    """A participants file of a video service, as uploaded for one session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendance_files")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(max_length=200)
    layout = models.CharField(max_length=4)  # Z1, Z2, Z3 of features-sessions.md 3.4
    digest = models.CharField(max_length=64)  # sha256 of the bytes: the same file twice is one
    uploaded_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    personal = personal.about("by", download=("filename", "uploaded_at"), erase="keep", why="A file's name and digest.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "digest"], name="one_attendance_file_per_digest")
        ]


class Source(models.TextChoices):
    FILE = "file", _("From the participants file")
    TICK = "tick", _("Ticked by a facilitator")


class Attendance(models.Model):
    """Somebody was there: a member, or a guest known by the name they showed."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="attendances"
    )
    shown_name = models.CharField(max_length=200, blank=True)  # as in the file
    shown_email = models.CharField(max_length=254, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=5, choices=Source.choices)
    file = models.ForeignKey(AttendanceFile, models.CASCADE, null=True, related_name="rows")
    at = models.DateTimeField(default=clock.now)

    personal = personal.about(
        "person", download=("session__title", "minutes"), erase="blank",
        blank=("shown_name", "shown_email"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"], condition=Q(person__isnull=False),
                name="one_attendance_per_person",
            ),
        ]  # fmt: skip
