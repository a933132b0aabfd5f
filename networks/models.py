"""The wing's models, gathered for Django; each lives in its room."""

from networks.archives.models import NetworkArchive, SealedRoom
from networks.consents.models import Consent, ConsentText
from networks.discussions.models import Follow, Mute, Post, PostWords, ReadMark, Room, Thread
from networks.drafts.models import Draft
from networks.exchange.models import Entry, EntryTag, Topic
from networks.files.models import File
from networks.funding.models import Funder, FunderSeat, Grant, Programme
from networks.handover.models import Handover, HandoverItem
from networks.hosting.models import ThreadChange
from networks.imports.models import Import
from networks.introductions.models import Introduction
from networks.invitations.models import Invitation
from networks.joining.models import JoinRequest, RequestWord
from networks.links.models import Flow, Link, MadeOf
from networks.map.models import Site
from networks.membership.models import (
    CharterAcceptance,
    CohortSpell,
    Membership,
    Pause,
)
from networks.network.models import Charter, Closing, Cohort, Network
from networks.phone.models import PhoneCall, PhoneCount, PhoneLine
from networks.preferences.models import Preference
from networks.profiles.models import Detail
from networks.seats.models import Holding, Seat
from networks.succession.models import Candidate, Succession, Yes

__all__ = [
    "Candidate", "Charter", "CharterAcceptance", "Closing", "Cohort", "CohortSpell", "Consent",
    "ConsentText", "Detail",
    "Draft", "Entry", "EntryTag", "File", "Flow", "Follow", "Funder", "FunderSeat", "Grant",
    "Handover", "HandoverItem", "Holding", "Import", "Introduction", "Invitation", "JoinRequest",
    "Link", "MadeOf", "Membership", "Mute", "Network", "NetworkArchive", "Pause", "PhoneCall",
    "PhoneCount", "PhoneLine", "Post", "PostWords", "Preference", "Programme", "ReadMark",
    "RequestWord", "Room", "SealedRoom", "Seat", "Site", "Succession", "Thread", "ThreadChange",
    "Topic", "Yes",
]  # fmt: skip
