"""How long a network keeps one kind of thing."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from networks.network.models import Network
from peernet.lib import clock, personal, portable

from . import rules


class Keeping(models.Model):
    """A period that a network chose. `months` holds now (None: for ever); `then` from `begins_on`
    on, if nobody takes it back. No row: for ever."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=rules.CODES)
    months = models.PositiveSmallIntegerField(null=True)
    then = models.PositiveSmallIntegerField(null=True)
    begins_on = models.DateField(null=True)
    chosen_at = models.DateTimeField(default=clock.now)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    ran_on = models.DateField(null=True)  # the last day on which something was looked for
    gone = models.PositiveBigIntegerField(default=0)  # how many went until now

    personal = personal.about(
        "chosen_by", download=("network__name", "kind", "chosen_at"), erase="keep",
        why=_("How long things are kept is the network’s. Your name falls away with the account."),
        title=_("How long a network keeps things, as you chose"),
    )  # fmt: skip
    portable = portable.rows(
        "kind", "months", "then", "begins_on", "chosen_at", title=_("How long things are kept"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "kind"], name="one_period_per_kind"),
            models.CheckConstraint(
                condition=Q(then=None, begins_on=None, months__isnull=False)
                | Q(then__isnull=False, begins_on__isnull=False),
                name="keeping_says_how_long",
            ),
        ]
