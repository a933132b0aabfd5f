"""What each code on the audit trail means, in words for those it was done to.

A code joins here when an action first writes it: tests/peernet/pages/test_log.py finds those
that are missing.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Deeds in a network, as its members read them after a name: "Dan Price moved a session".
DEEDS: dict[str, str | Promise] = {
    "attendance.confirmed": _("confirmed who came to a session"),
    "attendance.received": _("uploaded a list of who came to a session"),
    "attendance.removed": _("removed a list of who came to a session"),
    "attendance.ticked": _("noted who came to a session"),
    "cadence.ended": _("ended a series of sessions"),
    "cadence.planned": _("planned a series of sessions"),
    "charter.published": _("published house rules"),
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
    "import.undone": _("took back the invitations from a spreadsheet"),
    "invitation.corrected": _("corrected an invitation"),
    "invitation.made": _("invited somebody"),
    "invitation.restored": _("restored an invitation"),
    "invitation.sent_again": _("sent an invitation again"),
    "invitation.withdrawn": _("withdrew an invitation"),
    "membership.begun": _("joined"),
    "membership.left": _("left"),
    "membership.removed": _("removed somebody from the network"),
    "membership.restored": _("brought somebody back into the network"),
    "membership.role": _("changed what somebody may do here"),
    "network.edited": _("changed the name, purpose, zone or colour of the network"),
    "network.opened": _("opened the network"),
    "notice.retried": _("had a message sent again"),
    "organisation.placed": _("said where an organisation is"),
    "people.exported": _("downloaded the list of people"),
    "room.opened": _("opened a room for talk"),
    "session.cancelled": _("cancelled a session"),
    "session.missed": _("noted that a session did not happen"),
    "session.moved": _("moved a session"),
    "session.planned": _("planned a session"),
    "session.taken_on": _("took on a session after the funding"),
    "session.written": _("wrote to people about a session"),
}
# Somebody's own business, or the platform's: on no network's page.
UNSHOWN = {
    "backup.restored", "calendar_feed.made", "calendar_feed.switched_off", "charter.accepted",
    "code.not_sent", "code.sent", "data.downloaded", "funder_seat.asked_again",
    "funder_seat.taken", "funder_seat.withdrawn", "operator.made", "person.erased",
    "person.signed_out", "person.welcomed", "watch.told",
}  # fmt: skip
