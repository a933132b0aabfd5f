from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from networks.network.models import Network
from peernet.lib import clock, once, personal


class ImportState(models.TextChoices):
    DRAFT = "draft", _("Not yet agreed")
    APPLIED = "applied", _("Done")
    UNDONE = "undone", _("Undone")
    DISCARDED = "discarded", _("Thrown away")


class Import(models.Model):
    """A sheet of people: shown row by row first, then applied, then perhaps undone.

    The cells are kept only while it is a draft, and then for a day at most.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(max_length=200, blank=True)  # empty: it was pasted
    rows = models.JSONField(default=list)  # cells as read
    sheets = models.JSONField(default=list)  # of a workbook: title, hidden, and rows if several
    sheet = models.PositiveIntegerField(default=0)  # position of the one that `rows` holds
    heading = models.PositiveIntegerField(null=True)  # position of the row with columns' names
    columns = models.JSONField(default=dict)  # our field -> position in the file
    apart = models.JSONField(default=list)  # organisations that are not the one they look like
    counts = models.JSONField(default=dict)  # state of a row -> how many, once it is applied
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.DRAFT)
    started_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    once = once.field()

    personal = personal.about(
        "by",
        download=("filename", "started_at"),
        erase="blank",
        blank=("filename", "rows", "sheets"),
        title=_("Lists of people that you read in"),
    )

    class Meta:
        indexes = [models.Index(fields=["network", "-id"], name="import_of_network")]
