"""The wing's models, gathered for Django; each lives in its room."""

from networks.discussions.models import Post, ReadMark, Room, Thread
from networks.funding.models import Funder, FunderSeat, Grant, Programme
from networks.imports.models import Import
from networks.invitations.models import Invitation
from networks.membership.models import CharterAcceptance, Comeback, Membership, Pause, Seat
from networks.network.models import Charter, Closing, Cohort, Network

__all__ = [
    "Charter", "CharterAcceptance", "Closing", "Cohort", "Comeback", "Funder", "FunderSeat",
    "Grant", "Import", "Invitation", "Membership", "Network", "Pause", "Post", "Programme",
    "ReadMark", "Room", "Seat", "Thread",
]  # fmt: skip
