from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.privacy.models import ArchiveState
from networks.discussions.models import Room
from networks.network.models import Network
from peernet.lib import clock, personal, portable

KEPT = timedelta(days=7)  # once it is ready
NOT_AGAIN = timedelta(hours=1)  # after it was asked for: packing reads everything there is
UNDER_WAY = (ArchiveState.ASKED, ArchiveState.PACKING)


class NetworkArchive(models.Model):
    """A copy of everything of a network that a coordinator asked for, packed by a worker. Its file
    is for them alone: what another coordinator may read is another matter. The row stays when the
    file is gone, because sealed rooms are opened by it."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=ArchiveState.choices, default=ArchiveState.ASKED)
    asked_at = models.DateTimeField(_("Asked for"), default=clock.now)
    done = models.PositiveSmallIntegerField(default=0)  # kinds of things that are packed
    total = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    busy_until = models.DateTimeField(null=True, blank=True)  # a worker that died is given up then
    file = models.CharField(max_length=40, blank=True)  # its name, which nobody can guess
    bytes = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(_("Ready"), null=True, blank=True)

    personal = personal.about(
        download=(), erase="keep",
        why=_("A network’s copy was made. Your name falls away with the account."),
        did=("by",), did_download=("network__name", "asked_at"),
        title=_("Copies of networks that you asked for"),
    )  # fmt: skip
    portable = portable.left_out("The archives themselves.")

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="network_archives_to_pack",
                condition=Q(state__in=["asked", "packing"]),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["network"],
                condition=Q(state__in=["asked", "packing"]),
                name="one_network_archive_at_a_time",
            )
        ]

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def kept_until(self):
        return self.ready_at + KEPT

    @property
    def again_from(self):
        """When the next may be asked for."""
        return self.asked_at + NOT_AGAIN

    @property
    def is_settled(self) -> bool:
        """Whether another may be asked for now."""
        return not self.under_way and clock.now() >= self.again_from


class SealedRoom(models.Model):
    """What a coordinator could not read of a room is in the archive sealed to this key. It opens
    for whoever may read all of it: in that room now, since `first_at` or before."""

    archive = models.ForeignKey(NetworkArchive, models.CASCADE, related_name="sealed")
    room = models.ForeignKey(Room, models.CASCADE, related_name="+")
    first_at = models.DateTimeField()  # when the first of it was said
    parts = models.PositiveSmallIntegerField(default=0)
    key = models.TextField()  # locked with SECRET_KEY: peernet.lib.sealed
    certificate = models.TextField()

    personal = personal.nothing("A key, and the room whose words it opens.")
    portable = portable.left_out("Keys: they are given in the rooms that they are of.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["archive", "room"], name="one_key_per_room_sealed")
        ]
