from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from networks.network.models import Network
from peernet.lib import clock, personal


class ImportState(models.TextChoices):
    DRAFT = "draft", _("Not yet agreed")
    APPLIED = "applied", _("Done")
    UNDONE = "undone", _("Undone")


class Import(models.Model):
    """A spreadsheet of people: shown row by row first, then applied, then perhaps undone.

    The rows are kept only while it is a draft.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(max_length=200, blank=True)
    header = models.JSONField(default=list)  # the file's own column names
    rows = models.JSONField(default=list)  # cells as read, emptied when it is applied
    columns = models.JSONField(default=dict)  # our field -> position in the file
    state = models.CharField(
        max_length=8, choices=ImportState.choices, default=ImportState.DRAFT
    )
    started_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    personal = personal.about("by", download=("filename", "started_at"), erase="blank", blank=("rows",))
