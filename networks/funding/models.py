from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from networks.network.models import Network
from peernet.lib import clock, once, personal, portable


class Funder(models.Model):
    """A body that pays for networks."""

    name = models.CharField(_("Funder"), max_length=160)
    added_at = models.DateTimeField(default=clock.now)
    demo = models.BooleanField(default=False)

    personal = personal.nothing("A funder's public name.")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="one_funder_per_name")]


class Programme(models.Model):
    """What a funder calls a line of support; its networks share one page of figures."""

    funder = models.ForeignKey(Funder, models.PROTECT, related_name="programmes")
    name = models.CharField(_("Programme"), max_length=160)
    slug = models.SlugField(max_length=60, unique=True)
    added_at = models.DateTimeField(default=clock.now)

    personal = personal.nothing("A programme's name.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "funder", Lower("name"), name="one_programme_per_funder_and_name"
            )
        ]


class Grant(models.Model):
    """Money for a network from one day until another, both included. Several may overlap."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="grants")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="grants")
    amount = models.DecimalField(_("Amount in pounds"), max_digits=12, decimal_places=2)
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"))
    recorded_at = models.DateTimeField(default=clock.now)
    # A programme shows a network's figures only after both have agreed (decisions.md).
    network_agreed_at = models.DateTimeField(null=True, blank=True)
    funder_agreed_at = models.DateTimeField(null=True, blank=True)
    once = once.field()

    personal = personal.nothing("Money for a network, never for a person.")
    portable = portable.rows(
        "programme__name", "programme__funder__name", "amount", "starts_on", "ends_on",
        "network_agreed_at", "funder_agreed_at", title=_("Grants"),
    )  # fmt: skip

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="grant_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="grant_is_not_negative"),
        ]


class FunderSeat(models.Model):
    """A person's time at a funder; only an invitation until they take it up."""

    funder = models.ForeignKey(Funder, models.CASCADE, related_name="seats")
    email = models.EmailField(_("Their email address"))  # whom we asked
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="funder_seats"
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    # Whose coordinator asked them; no network when an operator did.
    invited_for = models.ForeignKey(Network, models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    personal = personal.about(
        "person", address=("email",), download=("funder__name", "since", "until"),
        did=("invited_by",), did_download=("funder__name", "invited_at"), erase="delete",
        title=_("Your place at a funder"),
    )  # fmt: skip
    portable = portable.left_out("Who sits for a funder is the funder's.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "funder", Lower("email"), condition=Q(until=None), name="one_open_funder_seat"
            ),
            models.CheckConstraint(
                condition=Q(person=None) | Q(since__isnull=False),
                name="funder_seat_taken_up_on_a_day",
            ),
        ]
