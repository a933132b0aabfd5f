from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peernet.lib import clock, personal, portable

from .rules import PUT_OFF


class NoticeState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    LEASED = "leased", _("Being sent")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("Not sent")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Perhaps sent")


class NoticeQuerySet(models.QuerySet):
    def due(self, now):
        """What a worker may take: due and waiting, or taken by a worker whose lease ran out."""
        # What is put off is so for a minute; longer is left from before the clock was put back.
        longer = Q(leased_until__gt=now + PUT_OFF)
        free = Q(leased_until=None) | Q(leased_until__lt=now) | longer
        return self.filter(
            Q(free, state=NoticeState.PENDING, due_at__lte=now)
            | Q(state=NoticeState.LEASED, leased_until__lt=now)
        )

    def overdue(self, now):
        """What should have gone by now, whatever holds it up."""
        return self.filter(state__in=[NoticeState.PENDING, NoticeState.LEASED], due_at__lte=now)

    def refused_to(self, person_id, address=""):
        """What the mail server did not take because it knows no such address."""
        return self.filter(person=person_id, address=address, refused=True)

    def waiting(self):
        return self.filter(state=NoticeState.PENDING)

    def of_network(self, network):
        return self.filter(network_id=network.pk)


class Notice(models.Model):
    """One message to one recipient about one thing: written with what caused it, sent by a
    worker. Holds no text: the words are made when it is sent, from what is true then."""

    kind = models.CharField(max_length=40)
    about_id = models.BigIntegerField()  # of the kind's own model
    version = models.PositiveIntegerField(default=0)
    offset = models.PositiveIntegerField(default=0)  # minutes before, for reminders
    channel = models.CharField(max_length=10, default="mail")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notices"
    )
    address = models.EmailField(blank=True)  # of somebody invited who has no account yet
    network_id = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(default=clock.now)
    state = models.CharField(
        max_length=10, choices=NoticeState.choices, default=NoticeState.PENDING
    )
    leased_until = models.DateTimeField(null=True)  # nobody may take it before
    attempts = models.PositiveSmallIntegerField(default=0)
    doubtful = models.BooleanField(default=False)  # a lease ran out: it may have gone twice
    reason = models.CharField(max_length=200, blank=True)  # why it was dropped or failed
    # The mail server said that there is no such address; until a letter to it goes through.
    refused = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    personal = personal.about(
        "person", address=("address",), download=("kind", "state", "settled_at"), erase="delete",
        title=_("Messages we sent you, and those still waiting"),
        merge=personal.Merging("mine"),
    )  # fmt: skip
    portable = portable.left_out("Who was sent what, and what they chose not to be sent.")

    class Meta:
        constraints = [
            # Numbers first: a comparison ends at the third, and each notice is written sooner.
            models.UniqueConstraint(
                fields=[
                    "network_id", "about_id", "person", "kind", "version", "offset",
                    "channel", "address",
                ],
                name="one_notice_of_a_cause",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(person=None) ^ Q(address=""), name="notice_has_one_recipient"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["due_at"], name="notice_due", condition=Q(state__in=["pending", "leased"])
            ),
            models.Index(fields=["network_id", "-id"], name="notice_of_network"),
            models.Index(fields=["kind", "about_id"], name="notice_about"),
            models.Index(
                fields=["person", "address"], name="notice_refused", condition=Q(refused=True)
            ),
        ]

    @property
    def message_name(self) -> str:
        """The same each time this row is sent, so that mail programs fold a double."""
        return f"notice-{self.pk}"


class Heartbeat(models.Model):
    """When a job of the beat last ran to its end."""

    job = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    personal = personal.nothing("Names of our own jobs and times.")
