"""What each code on the audit trail means, in words for those it was done to.

A code joins here when an action first writes it: tests/peernet/pages/test_log.py finds those
that are missing.
"""

from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Deeds in a network, as its members read them after a name: "Dan Price moved a session".
DEEDS: dict[str, str | Promise] = {
    "agreed.corrected": _("corrected what was agreed in a session"),
    "agreed.settled": _("said whether something agreed in a session is done"),
    "agreed.written": _("wrote down what was agreed in a session"),
    "archive.asked": _("asked for a copy of everything of the network"),
    "archive.fetched": _("downloaded the copy of the network"),
    "archive.key_given": _("took the key of a sealed room of a copy of the network"),
    "archive.opened": _("opened a sealed part of a copy of the network"),
    "attendance.confirmed": _("confirmed who came to a session"),
    "attendance.received": _("uploaded a list of who came to a session"),
    "attendance.removed": _("removed a list of who came to a session"),
    "attendance.ticked": _("noted who came to a session"),
    "cadence.ended": _("ended a series of sessions"),
    "cadence.planned": _("planned a series of sessions"),
    "charter.published": _("published house rules"),
    "cohort.changed": _("changed the name, days or welcome of a cohort"),
    "cohort.closed": _("closed a cohort"),
    "cohort.entered": _("put somebody in a cohort"),
    "cohort.left": _("took somebody out of a cohort"),
    "cohort.opened": _("opened a cohort"),
    "cohort.reopened": _("opened a cohort again"),
    "derived.stays": _("let somebody stay here whose role elsewhere has ended"),
    "derived.stays_out": _("left somebody out who had chosen to leave"),
    "exchange.exported": _("downloaded the list of asks and offers"),
    "funder_seat.invited": _("invited somebody to sit for a funder"),
    "grant.agreed": _("agreed, for the funder, to show this network in a programme"),
    "grant.corrected": _("corrected a grant"),
    "grant.disagreed": _("took this network off a programme’s page, for the funder"),
    "grant.recorded": _("wrote down a grant"),
    "grant.removed": _("removed a grant"),
    "grant.shared": _("let a funder see the figures of this network"),
    "grant.unshared": _("stopped a funder from seeing the figures of this network"),
    "import.applied": _("invited people from a spreadsheet"),
    "import.discarded": _("threw away a spreadsheet before inviting anybody"),
    "import.stopped": _("began to invite people from a spreadsheet, and it stopped half-way"),
    "import.undone": _("took back the invitations from a spreadsheet"),
    "invitation.corrected": _("corrected an invitation"),
    "invitation.made": _("invited somebody"),
    "invitation.restored": _("restored an invitation"),
    "invitation.sent_again": _("sent an invitation again"),
    "invitation.withdrawn": _("withdrew an invitation"),
    "link.agreed": _("agreed to link two networks"),
    "link.declined": _("answered “not now” to a network that asked to be linked"),
    "link.ended": _("ended a link between two networks, or took a proposal back"),
    "link.gives": _("chose what a linked network sees of this one"),
    "link.proposed": _("asked another network to be linked"),
    "membership.begun": _("joined"),
    "membership.derived_end": _("let somebody go whose role elsewhere has ended"),
    "membership.left": _("left"),
    "membership.removed": _("removed somebody from the network"),
    "membership.restored": _("brought somebody back into the network"),
    "membership.role": _("changed what somebody may do here"),
    "network.closed": _("closed the network"),
    "network.edited": _("changed the name, purpose, zone or colour of the network"),
    "network.made_of": _("made the network of the people who look after its networks"),
    "network.made_of_ended": _("stopped making the network of the people who look after others"),
    "network.opened": _("opened the network"),
    "network.reopened": _("opened the network again"),
    "notice.retried": _("had a message sent again"),
    "notes.written": _("wrote the notes of a session"),
    "organisation.placed": _("said where an organisation is"),
    "people.exported": _("downloaded the list of people"),
    "room.history": _("changed what of a room people can read who join later"),
    "room.opened": _("opened a room for talk"),
    "seat.ended": _("ended somebody’s time in an organisation’s place"),
    "seat.given": _("gave somebody an organisation’s place"),
    "seat.part": _("changed somebody’s part in an organisation’s place"),
    "seat.resumed": _("gave somebody an organisation’s place back"),
    "session.cancelled": _("cancelled a session"),
    "session.missed": _("noted that a session did not happen"),
    "session.moved": _("moved a session"),
    "session.planned": _("planned a session"),
    "session.taken_on": _("took on a session after the funding"),
    "session.written": _("wrote to people about a session"),
    "thread.closed": _("closed a thread"),
    "thread.moved": _("moved a thread to another room"),
    "thread.pinned": _("pinned a thread"),
    "thread.renamed": _("changed the title of a thread"),
    "thread.reopened": _("opened a thread again"),
    "thread.unpinned": _("unpinned a thread"),
    "survey.closed": _("closed a round of a survey"),
    "survey.discarded": _("threw away a survey before anybody was asked"),
    "survey.edited": _("changed the questions of a survey before anybody was asked"),
    "survey.ended": _("ended a survey: its key was deleted"),
    "survey.launched": _("launched a round of a survey"),
    "survey.opened": _("made a survey"),
    "survey.taken_back": _("took back a round of a survey before it opened"),
}
# Somebody's own business, or the platform's: on no network's page.
UNSHOWN = {
    "address.added", "address.main", "address.removed", "backup.restored", "calendar_feed.made",
    "calendar_feed.switched_off", "charter.accepted", "code.not_sent", "code.sent",
    "data.asked", "data.downloaded", "device.signed_out", "funder_seat.asked_again",
    "funder_seat.taken",
    "funder_seat.withdrawn",
    "mail.chosen", "membership.answered", "membership.asked_back", "membership.paused",
    "membership.resumed", "operator.made", "passkey.added", "passkey.removed",
    "passkey.renamed", "password.removed",
    "password.set", "person.erased", "person.merged", "person.signed_out", "person.welcomed",
    "watch.told",
}  # fmt: skip


def shown(_network: Any, _person: Any) -> Q:
    """Which entries of the trail are a network's, for its archive: those that its page shows."""
    return ~Q(deed__in=UNSHOWN)
