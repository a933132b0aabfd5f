from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peernet.lib import clock, personal, portable
from sessions.cadence.models import Session


class AttendanceFile(models.Model):
    """A participants file of a video service, as uploaded for one session."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendance_files")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(max_length=200)
    layout = models.CharField(max_length=4)  # Z1, Z2, Z3 of features-sessions.md 3.4
    digest = models.CharField(max_length=64)  # sha256 of the bytes: the same file twice is one
    lines = models.PositiveIntegerField()  # connections in it; every one belongs to a Participant
    day = models.DateField(null=True)  # of its first connection; not every layout tells
    uploaded_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)  # nothing counts before

    personal = personal.about(
        "by",
        download=("filename", "uploaded_at"),
        erase="keep",
        why=_("It holds a file's name, and that you brought it in."),
        title=_("Participants files you brought in"),
    )
    portable = portable.left_out("From a video service; what came of it is who was there.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "digest"], name="one_attendance_file_per_digest"
            )
        ]


class Standing(models.TextChoices):
    """What we take somebody in a participants file to be."""

    MEMBER = "member", _("A member")
    GUEST = "guest", _("A guest")
    OUT = "out", _("Left out")
    OPEN = "open", _("Not decided yet")


class Participant(models.Model):
    """One person in a participants file: how they are shown there, and whom we take them for."""

    file = models.ForeignKey(AttendanceFile, models.CASCADE, related_name="participants")
    name = models.CharField(max_length=200, blank=True)  # as shown, "Nick (Real Name)" and all
    email = models.CharField(max_length=254, blank=True)
    lines = models.PositiveIntegerField()  # how many connections were theirs
    minutes = models.PositiveIntegerField(null=True)  # None: the file does not say
    spans = models.JSONField(default=list)  # [[from, until], …] in seconds of the file's own clock
    standing = models.CharField(max_length=6, choices=Standing.choices, default=Standing.OPEN)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    matched_by = models.CharField(max_length=6, blank=True)  # email, name, hand
    near = models.JSONField(default=list)  # ids of people who may be meant, for the page to offer

    personal = personal.about(
        "person", address=("email",), download=("name", "email", "minutes"),
        erase="blank", blank=("name", "email"),
        title=_("How you were shown in participants files"),
    )  # fmt: skip
    portable = portable.left_out("From a video service; what came of it is who was there.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(standing="member", person__isnull=False)
                | (~Q(standing="member") & Q(person=None)),
                name="participant_is_a_member_with_a_name_or_none",
            )
        ]

    @property
    def shown(self):
        return self.name or str(_("Somebody without a name"))


class Source(models.TextChoices):
    FILE = "file", _("From the participants file")
    TICK = "tick", _("Ticked by a facilitator")


class Attendance(models.Model):
    """Somebody was there: a member, or a guest known by the name they showed.

    Rows from files are worked out anew from the files' participants, so that correcting a match
    corrects everything that follows from it.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="attendances"
    )
    shown_name = models.CharField(max_length=200, blank=True)  # as in the file
    shown_email = models.CharField(max_length=254, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=5, choices=Source.choices)
    file = models.ForeignKey(  # the one whose minutes are given; a tick may have one too
        AttendanceFile, models.SET_NULL, null=True, related_name="rows"
    )
    at = models.DateTimeField(default=clock.now)

    walked_in = False  # no column: said by queries.there

    personal = personal.about(
        "person",
        address=("shown_email",),
        download=("session__title", "session__starts_at", "shown_name", "minutes"),
        erase="blank",
        blank=("shown_name", "shown_email"),
        why=_("Without your name they still count in the figures."),
        title=_("Which sessions you came to"),
        merge=personal.Merging("earliest", by="at"),
    )
    portable = portable.rows(
        "session", "session__title", "session__starts_at", "person__name", "shown_name",
        "minutes", "source", at="session__network", title=_("Who was there"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=Q(person__isnull=False),
                name="one_attendance_per_person",
            ),
        ]

    @property
    def shown(self):
        """How they are named on the page of those who run the session."""
        if self.person:
            return self.person.shown_name
        return self.shown_name or str(_("Somebody without a name"))
