"""The wing's models, gathered for Django; each lives in its room."""

from networks.discussions.models import Follow, Post, ReadMark, Room, Thread
from networks.funding.models import Funder, FunderSeat, Grant, Programme
from networks.imports.models import Import
from networks.membership.models import CharterAcceptance, Invitation, Membership, Seat
from networks.network.models import Charter, Cohort, Network
from networks.preferences.models import Preference

__all__ = [
    "Charter", "CharterAcceptance", "Cohort", "Follow", "Funder", "FunderSeat", "Grant", "Import",
    "Invitation", "Membership", "Network", "Post", "Preference", "Programme", "ReadMark", "Room",
    "Seat", "Thread",
]  # fmt: skip
