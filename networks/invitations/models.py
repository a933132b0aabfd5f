import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from members.organisations.models import Organisation
from networks.membership.models import Role
from networks.network.models import Cohort, Network
from networks.seats.models import Part
from peernet.lib import clock, once, personal, portable

from .rules import GOES_FOR


def new_token() -> str:
    return secrets.token_urlsafe(24)


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Neither taken up nor withdrawn."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def sent(self):
        """Open, and no nomination that a coordinator has yet to answer."""
        return self.open().exclude(nomination=Nomination.WAITS)


class Nomination(models.TextChoices):
    """How it stands with somebody whom an organisation's lead named."""

    WAITS = "waits", _("Waits for a coordinator")
    YES = "yes", _("Invited")
    NO = "no", _("Not now")


class Invitation(models.Model):
    """Somebody asked into a network, by address; their account begins when they join."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("Email address"))
    name = models.CharField(_("Name"), max_length=120)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.CharField(_("Role"), max_length=12, choices=Role.choices, default=Role.MEMBER)
    part = models.CharField(max_length=8, choices=Part.choices, blank=True)  # in its seat
    token = models.CharField(max_length=40, unique=True, default=new_token)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    invited_at = models.DateTimeField(default=clock.now)
    times_sent = models.PositiveSmallIntegerField(default=0)  # the version of its notice
    sent_at = models.DateTimeField(default=clock.now)  # when its last letter was written down
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    batch = models.ForeignKey(
        "networks.Import", models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    # Who was named by an organisation's lead, `invited_by`; "" for whom a coordinator invited.
    nomination = models.CharField(max_length=5, choices=Nomination.choices, blank=True)
    # Somebody opened its link when it worked no more, and asked for a new one: when, and whether
    # the coordinators have yet to answer.
    wanted_at = models.DateTimeField(null=True, blank=True)
    wanted = models.BooleanField(default=False)
    once = once.field()

    objects = InvitationQuerySet.as_manager()

    personal = personal.about(
        "accepted_by", address=("email",),
        download=("network__name", "email", "name", "invited_at"),
        did=("invited_by",), did_download=("network__name", "invited_at"),
        erase="blank",
        blank=("email", "name"),
        title=_("Invitations to you"),
    )  # fmt: skip
    portable = portable.rows(
        "name", "email", "role", "organisation__name", "cohort__name", "invited_at",
        "accepted_at", "withdrawn_at", "nomination", title=_("Invitations"),
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitations_by_address",  # Home asks whether somebody is asked into a network
            )
        ]
        constraints = [
            models.UniqueConstraint(
                "network",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_per_address",
            ),
            models.CheckConstraint(
                condition=~Q(nomination="no") | Q(withdrawn_at__isnull=False),
                name="not_now_is_no_open_invitation",
            ),
            models.CheckConstraint(
                condition=Q(wanted=False) | Q(wanted_at__isnull=False), name="wanted_on_a_day"
            ),
        ]

    @property
    def ends_at(self) -> datetime:
        """When its link stops working: counted from its last letter."""
        return self.sent_at + GOES_FOR
