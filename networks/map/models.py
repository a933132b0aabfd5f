"""Where organisations are: in a town, or exactly where they say themselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.organisations.models import Organisation
from peernet.lib import personal


class Site(models.Model):
    """Where an organisation is. Nothing finer than the town is kept unless whoever leads for it
    says exactly where; when they take that back, it is gone."""

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, primary_key=True, related_name="site"
    )
    place = models.CharField(_("Place"), max_length=60)
    latitude = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    longitude = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)

    personal = personal.nothing("Where an organisation is, which it says itself.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(place=""), name="site_has_a_place"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="site_is_exact_or_not",
            ),
        ]
