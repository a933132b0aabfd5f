from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from networks.network.models import Network
from peernet.lib import personal, portable


class Talk(models.TextChoices):
    """When somebody hears of what is said in a network."""

    EACH = "each", _("A mail for each new post")
    FOLLOWED = "followed", _("A mail for threads I write in or follow; the rest once a week")
    WEEKLY = "weekly", _("Once a week")
    NOTHING = "nothing", _("No mail about talk")


class Preference(models.Model):
    """What somebody chose to be sent from one network. Who never chose has no row: the defaults
    here are theirs."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    talk = models.CharField(max_length=8, choices=Talk.choices, default=Talk.FOLLOWED)
    remind_week = models.BooleanField(default=True)
    remind_day = models.BooleanField(default=True)
    remind_hour = models.BooleanField(default=True)
    # Whether they are asked for a second person where they alone speak for an organisation.
    ask_second = models.BooleanField(default=True, db_default=True)

    # Whether they may be named to somebody who looks for help (networks/exchange/helping.py).
    suggest = models.BooleanField(default=True, db_default=True)

    personal = personal.about(
        "person",
        download=(
            "network__name",
            "talk",
            "remind_week",
            "remind_day",
            "remind_hour",
            "ask_second",
            "suggest",
        ),
        erase="delete",
        title=_("What you chose to be sent"),
        merge=personal.Merging("mine"),
    )
    portable = portable.left_out("What somebody wants to be sent is theirs.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "person"], name="one_preference_per_network")
        ]
