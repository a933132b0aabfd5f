from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from networks.network.models import Network
from peernet.lib import clock, once, personal, portable


class ImportState(models.TextChoices):
    DRAFT = "draft", _("Not yet agreed")
    APPLYING = "applying", _("Under way")
    APPLIED = "applied", _("Done")
    STOPPED = "stopped", _("Did not work")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")
    DISCARDED = "discarded", _("Thrown away")


UNDER_WAY = (ImportState.APPLYING, ImportState.UNDOING)  # what a worker goes on with


class Import(models.Model):
    """A sheet of people: shown row by row first, then applied, then perhaps undone; the last two
    whole or not at all.

    The cells are kept only while it is a draft, and then for a day at most; of a list under way,
    or of one that stopped a day ago at most, what is needed of those to be invited. What became of
    each row is kept for a week, to be downloaded.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="imports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(max_length=200, blank=True)  # empty: it was pasted
    rows = models.JSONField(default=list)  # cells as read; under way: see rules.Invitee
    sheets = models.JSONField(default=list)  # of a workbook: title, hidden, and rows if several
    sheet = models.PositiveIntegerField(default=0)  # position of the one that `rows` holds
    heading = models.PositiveIntegerField(null=True)  # position of the row with columns' names
    columns = models.JSONField(default=dict)  # our field -> position in the file
    apart = models.JSONField(default=list)  # organisations that are not the one they look like
    same = models.JSONField(default=dict)  # folded name of an organisation -> the one it is
    result = models.JSONField(default=list)  # of rows with people: see queries.Outcome
    counts = models.JSONField(default=dict)  # state of a row -> how many, once it is applied
    agreed_by = models.ForeignKey(  # who pressed the button that it is under way for
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    total = models.PositiveIntegerField(default=0)  # people to invite, or invitations to undo
    done = models.PositiveIntegerField(default=0)  # of them: none, or all
    attempts = models.PositiveSmallIntegerField(default=0)  # in vain
    retry_at = models.DateTimeField(null=True, blank=True)  # not before, after one in vain
    why = models.CharField(max_length=200, blank=True)  # it stopped
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.DRAFT)
    started_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    once = once.field()

    personal = personal.about(
        "by",
        download=("filename", "started_at"),
        erase="blank",
        blank=("filename", "rows", "sheets", "result"),
        did=("agreed_by",),
        did_download=("started_at", "state"),
        title=_("Lists of people that you read in"),
    )
    portable = portable.left_out("A spreadsheet on its way in; invitations came of it.")

    class Meta:
        indexes = [
            models.Index(fields=["network", "-id"], name="import_of_network"),
            models.Index(fields=["id"], name="import_under_way", condition=Q(state__in=UNDER_WAY)),
        ]

    @property
    def under_way(self):
        return self.state in UNDER_WAY

    @property
    def quarters_done(self):
        """0 to 4."""
        return self.done * 4 // max(self.total, 1)

    @property
    def progress_in_words(self):
        """ "250 of 5,000 people so far"."""
        n = {"done": f"{self.done:,}", "total": f"{self.total:,}"}
        if self.state == ImportState.UNDOING:
            return gettext("%(done)s of %(total)s invitations taken back so far") % n
        return gettext("%(done)s of %(total)s people so far") % n
