from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from networks.discussions.models import Room, Thread
from networks.network.models import Network
from peernet.lib import clock, once, personal, portable


class DraftQuerySet(models.QuerySet):
    def waiting(self):
        """Those that hold words and were neither posted nor discarded."""
        return self.filter(gone_at=None).exclude(title="", text="")


class Draft(models.Model):
    """Words that somebody typed and has not posted: for a thread, or for a new one (no thread).
    Nobody else ever sees them."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="+")
    # Where the new thread was to go. Kept, so that a rant does not come back under another room.
    room = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="+", db_index=False)
    title = models.TextField(blank=True)
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField(default=clock.now)
    gone_at = models.DateTimeField(null=True)  # posted (no words left), or discarded

    # Which text this is, and which form on whose screen wrote it last, in its how-manieth saving.
    version = models.PositiveIntegerField(default=1)
    box = models.UUIDField()
    turn = models.BigIntegerField(default=0)
    once = once.field()

    objects = DraftQuerySet.as_manager()

    # Not the thread's title: it may have been changed since they could last read it.
    personal = personal.about(
        "person",
        download=("network__name", "title", "text", "saved_at"),
        erase="delete",
        title=_("Your drafts"),
    )
    portable = portable.left_out("What somebody has not posted is theirs.")

    class Meta:
        indexes = [models.Index(fields=["person", "-saved_at"], name="drafts_of_person")]
