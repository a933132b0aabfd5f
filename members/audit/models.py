from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from peernet.lib import clock, personal, portable


class AuditEntry(models.Model):
    """Who changed what, in ids and codes: no name, no address, no word of anybody's.

    Append-only: the database refuses UPDATE and DELETE (migration `audit_is_append_only`).
    """

    at = models.DateTimeField(default=clock.now)
    network_id = models.BigIntegerField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    deed = models.CharField(max_length=40)  # a code such as "membership.begun"
    about_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)  # ids, codes and numbers only

    personal = personal.about(
        "actor",
        download=("at", "deed"),
        erase="keep",
        why=_("It holds numbers and codes, no names. People must be able to see what was done."),
        title=_("The record of what you changed"),
        merge=personal.Merging("kept"),
    )
    portable = portable.rows(
        "at", "actor", "deed", "about_id", at="network_id",
        title=_("What was done here, and by whom"), only="peernet.pages.deeds.shown",
        words={"deed": "peernet.pages.deeds.DEEDS"},
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["network_id", "-id"], name="audit_of_network")]
