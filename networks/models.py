"""The wing's models, gathered for Django; each lives in its room."""

from networks.discussions.models import Post, ReadMark, Room, Thread
from networks.files.models import File
from networks.funding.models import Funder, FunderSeat, Grant, Programme
from networks.imports.models import Import
from networks.membership.models import CharterAcceptance, Invitation, Membership, Seat
from networks.network.models import Charter, Cohort, Network

__all__ = [
    "Charter", "CharterAcceptance", "Cohort", "File", "Funder", "FunderSeat", "Grant", "Import",
    "Invitation", "Membership", "Network", "Post", "Programme", "ReadMark", "Room", "Seat",
    "Thread",
]  # fmt: skip
