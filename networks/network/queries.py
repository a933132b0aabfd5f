"""House rules of a network, as they are and were."""

from .models import Charter, Network


def charter_in_force(network: Network) -> Charter | None:
    """The newest house rules; None when the network has none yet."""
    return network.charters.order_by("-version").first()
