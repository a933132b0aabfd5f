"""Until when the money lasts."""

from datetime import date

from django.db.models import Max

from networks.network.models import Network

from .models import Grant


def funded_until(network: Network) -> date | None:
    """The last funded day over all grants of the network; None when it never had one.

    The day is a calendar day in the network's own zone, and is itself funded.
    """
    return Grant.objects.filter(network=network).aggregate(day=Max("ends_on"))["day"]
