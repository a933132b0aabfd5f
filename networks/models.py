"""The wing's models, gathered for Django; each lives in its room."""

from networks.discussions.models import Follow, Mute, Post, PostWords, ReadMark, Room, Thread
from networks.drafts.models import Draft
from networks.exchange.models import Entry, EntryTag, Topic
from networks.files.models import File
from networks.funding.models import Funder, FunderSeat, Grant, Programme
from networks.hosting.models import ThreadChange
from networks.imports.models import Import
from networks.invitations.models import Invitation
from networks.links.models import Flow, Link, MadeOf
from networks.membership.models import (
    CharterAcceptance,
    CohortSpell,
    Comeback,
    Membership,
    Pause,
)
from networks.network.models import Charter, Closing, Cohort, Network
from networks.phone.models import PhoneCall, PhoneCount, PhoneLine
from networks.preferences.models import Preference
from networks.seats.models import Holding, Seat
from networks.succession.models import Candidate, Succession, Yes

__all__ = [
    "Candidate", "Charter", "CharterAcceptance", "Closing", "Cohort", "CohortSpell", "Comeback",
    "Draft", "Entry", "EntryTag", "File", "Flow", "Follow", "Funder", "FunderSeat", "Grant",
    "Holding", "Import", "Invitation", "Link", "MadeOf", "Membership", "Mute", "Network", "Pause",
    "PhoneCall", "PhoneCount", "PhoneLine", "Post", "PostWords", "Preference",
    "Programme", "ReadMark", "Room", "Seat", "Succession", "Thread", "ThreadChange", "Topic", "Yes",
]  # fmt: skip
