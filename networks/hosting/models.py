from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from networks.discussions.models import Room, Thread
from networks.network.models import Network
from peernet.lib import clock, personal, portable


class Deed(models.TextChoices):
    RENAMED = "renamed", _("Renamed")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Opened again")
    PINNED = "pinned", _("Pinned")
    UNPINNED = "unpinned", _("No longer pinned")
    MOVED = "moved", _("Moved")


class ThreadChange(models.Model):
    """A line in a thread that says what somebody did to it. It holds no title that was: who
    takes a name out of a title wants it gone."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    deed = models.CharField(max_length=8, choices=Deed.choices)
    at = models.DateTimeField(default=clock.now)
    after_post_id = models.BigIntegerField()  # the line stands behind this post
    from_room = models.ForeignKey(
        Room, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    to_room = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="+", db_index=False)

    personal = personal.about(
        "by", download=("deed", "at"), erase="keep",
        why=_("Who reads the thread must see what became of it. You become “A former member”."),
        title=_("What you did to threads: titles, rooms, closing, pinning"),
    )  # fmt: skip
    portable = portable.rows(
        "thread", "deed", "by__name", "at", title=_("What was done to threads"),
        room="thread__room", said="at", where={"thread__last_post_id__isnull": False},
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["network", "thread", "after_post_id"], name="changes_of_thread")
        ]
