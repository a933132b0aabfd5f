"""House rules of a network, as they are and were."""

from .models import Charter, Network


def charter_in_force(network: Network, room: int | None = None) -> Charter | None:
    """The newest house rules, or what the room adds to them; None when there are none yet."""
    return network.charters.filter(room=room).order_by("-version").first()
