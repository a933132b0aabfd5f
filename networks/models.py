"""The wing's models, gathered for Django; each lives in its room."""

from networks.discussions.models import Mute, Post, ReadMark, Room, Thread
from networks.drafts.models import Draft
from networks.funding.models import Funder, FunderSeat, Grant, Programme
from networks.hosting.models import ThreadChange
from networks.imports.models import Import
from networks.membership.models import CharterAcceptance, Invitation, Membership, Seat
from networks.network.models import Charter, Cohort, Network

__all__ = [
    "Charter", "CharterAcceptance", "Cohort", "Draft", "Funder", "FunderSeat", "Grant", "Import",
    "Invitation", "Membership", "Mute", "Network", "Post", "Programme", "ReadMark", "Room", "Seat",
    "Thread", "ThreadChange",
]  # fmt: skip
