"""Who may meet the words of which field, and where: one line for each text field of the house.

A new field that holds text needs its line here; without one the build fails (test_table.py).

`at` leads from a row to its network, `of` to the person it is of, `funder` to who pays, `room` to
where it was said: in a trusted room the words may be met in that room only. Who there is:

    everybody     also who is signed out          signed_in     anybody with an account
    members       of the place, now               hosts         its facilitators and coordinators
    coordinators  of the place                    owner         whom the row is of
    colleagues    who sits for the row's funder   funders       of the place, once both have agreed
    funded        coordinators whom it pays
    operator      runs the platform               holder        whoever opens a link from a mail
    asked         reads a letter that asks them in, to the place or to the funder
    former        was in the place once            link          the owner, by a link from a mail
    linked        in a network that stands with the place, which lets it see something
    proposed      coordinator of a network that the place asked, or was linked with once

"= …": the value is left as it is (a token, a key, the name of a stored file). SECRET: that, for
nobody. NEVER: no page, file or letter shows it to anybody. CODE: one of a few values of our own, a
sentence of ours or a zone: no words of anybody's. MADE: made from other fields, and made anew.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evaluation.surveys.models import Response
from evaluation.surveys.queries import asked, response_mark
from members.people.models import Person
from networks.introductions.models import Introduction
from networks.invitations.models import Invitation
from networks.links.models import Link
from networks.phone.models import PhoneCall, PhoneLine
from networks.profiles import queries
from networks.profiles.models import Detail

NEVER, SECRET, CODE, MADE = "never", "=", "code", "made"


@dataclass(frozen=True)
class Rows:
    """The rows of one model: how they stand to people, and who may meet which field."""

    fields: dict[str, str]
    at: str | Callable = ""
    of: str | Callable = ""
    room: str = ""
    funder: str = ""


def rows(at="", of="", room="", funder="", **fields):
    return Rows(fields, at, of, room, funder)


def once_closed(row: Response) -> Iterator[int]:
    """The network, whose coordinators read what was written once the round has closed."""
    if row.wave.closed_at:
        yield row.wave.study.network_id


def ends(row: Link) -> Iterator[int]:
    """Both networks, and whoever asked for a link that the other has not answered."""
    yield from {row.upper_id, row.lower_id, row.asker_id} - {None}


def whose_answers(row: Response) -> Iterator[int]:
    """Only the study's key can tell, while there is one."""
    study = row.wave.study
    yield from (one.pk for one in asked(row.wave) if response_mark(study, one) == row.mark)


def who_sees_the_number(line: PhoneLine) -> Iterator[int]:
    """Whose it is, and with whom they agreed to talk."""
    yield line.person_id
    agreed = PhoneCall.objects.filter(network=line.network_id, asked=line.person_id)
    yield from agreed.exclude(agreed_at=None).values_list("asker", flat=True)


def who_sees_the_detail(row: Detail) -> Iterator[int]:
    """Whoever the one rule lets see it; tests/networks/profiles says who that is."""
    for person in Person.objects.filter(is_active=True):
        if queries.seen_by(person).filter(pk=row.pk).exists():
            yield person.pk


def who_sees_the_address(person: Person) -> Iterator[int]:
    """Whose it is, and with whom they agreed to be introduced."""
    yield person.pk
    met = Introduction.objects.between(person).exclude(met_at=None)
    for row in met:
        yield from (row.one_id, row.other_id)


def both_introduced(row: Introduction) -> Iterator[int]:
    """Whoever introduces, and the two. That an answer is nobody else's: tests/networks."""
    yield from (row.by_id, row.one_id, row.other_id)


def both_of_a_call(call: PhoneCall) -> Iterator[int]:
    """Who asked, and whom they asked. That the number waits for a yes: tests/networks/phone."""
    yield from (call.asker_id, call.asked_id)


def whose_invitation(row: Invitation) -> Iterator[int]:
    """Who took it up, and who named them for an organisation."""
    yield from {row.accepted_by_id, row.invited_by_id if row.nomination else None} - {None}


# Rows that other packages own, and which no page reads as words.
THEIRS = {
    "auth.Permission": rows(name=CODE, codename=CODE),
    "auth.Group": rows(name=CODE),
    "contenttypes.ContentType": rows(app_label=CODE, model=CODE),
    "sessions.Session": rows(session_key=SECRET, session_data=SECRET),
    "account.EmailAddress": rows(of="user", email="owner operator"),
    "account.EmailConfirmation": rows(key=SECRET),
    "mfa.Authenticator": rows(of="user", data="owner"),
}

MEMBERS = {
    "members.Person": rows(
        at="memberships__network", of=who_sees_the_address, funder="funder_seats__funder",
        password=SECRET, zone=CODE,
        # A coordinator writes to people, and sees to whom a letter went.
        email="owner coordinators colleagues operator",
        name="owner members colleagues funded operator holder asked linked",
    ),
    "members.Organisation": rows(
        at="seats__network", of="seats__holdings__person", name="members owner operator",
        region="members",
    ),
    "members.Alias": rows(of="into"),
    "members.KnownAs": rows(
        at="organisation__seats__network", name=NEVER,
    ),
    "members.Device": rows(of="person", session_key=SECRET, browser="owner", system="owner"),
    "members.Archive": rows(of="person", file=SECRET),
    "members.Cause": rows(kind=CODE),
    "members.AuditEntry": rows(deed=CODE, detail=CODE),
    "members.Notice": rows(
        at="network_id", kind=CODE, channel=CODE, address="coordinators operator asked",
        reason=CODE,
    ),
    "members.Heartbeat": rows(job=CODE),
}  # fmt: skip

NETWORKS = {
    "networks.Network": rows(
        at="self", question="coordinators",
        slug="members former holder linked", zone=CODE,
        name="members former funders operator holder asked linked proposed",
        purpose="members holder asked linked",
    ),
    "networks.Charter": rows(
        at="network", room="room", text="members holder former", note="members"
    ),
    "networks.Consent": rows(at="network", of="person"),
    "networks.ConsentText": rows(at="network", text="members"),
    "networks.Cohort": rows(at="network", name="members", welcome="members"),
    "networks.Closing": rows(at="network", of="by", words="members owner"),
    "networks.Membership": rows(at="network", reason=CODE, came_by=CODE),
    "networks.Link": rows(
        at=ends, address="coordinators", words="coordinators", ended_words="coordinators",
    ),
    "networks.Pause": rows(at="network", of="person", words="owner coordinators"),
    "networks.JoinRequest": rows(
        at="network", of="person", question="owner coordinators", words="owner coordinators",
    ),
    "networks.RequestWord": rows(
        at="request__network", of="request__person", text="owner coordinators",
    ),
    "networks.Funder": rows(
        at="programmes__grants__network", funder="self",
        name="colleagues members asked",
    ),
    "networks.Programme": rows(
        at="grants__network", funder="funder", name="colleagues members", slug="colleagues members",
    ),
    "networks.FunderSeat": rows(
        at="invited_for", of="person", funder="funder",
        email="owner colleagues coordinators asked",
    ),
    "networks.NetworkArchive": rows(at="network", of="by", file=SECRET),
    "networks.SealedRoom": rows(key=SECRET, certificate=SECRET),
    "networks.Room": rows(at="network", name="members"),
    "networks.Thread": rows(at="network", of="author", room="room", title="members owner"),
    "networks.Post": rows(
        at="network", of="author", room="thread__room", text="members owner",
        html="members", article=MADE, look=CODE,
    ),
    "networks.Entry": rows(at="network", of="by"),
    "networks.EntryTag": rows(at="network", of="entry__by", room="entry__thread__room",
                              word="members owner"),
    "networks.PhoneLine": rows(
        at="network", of=who_sees_the_number, number="owner", times="members owner",
        topics="members owner",
    ),
    "networks.Detail": rows(of=who_sees_the_detail, words="owner"),
    "networks.Site": rows(at="organisation__seats__network", place=CODE),
    "networks.Introduction": rows(at="network", of=both_introduced, why="owner"),
    "networks.PhoneCall": rows(at="network", of=both_of_a_call, number="owner", words="owner"),
    "networks.Handover": rows(at="network", of="leaver"),
    "networks.HandoverItem": rows(at="handover__network", of="handover__leaver"),
    "networks.Topic": rows(at="network", of="person", word="members owner"),
    "networks.Draft": rows(of="person", room="thread__room", title="owner", text="owner"),
    "networks.File": rows(
        at="network", of="owner", room="post__thread__room", name="members owner",
        alt="members owner", kind=CODE, stored="= owner coordinators", small=SECRET,
    ),
    "networks.Import": rows(
        at="network", of="by", filename="coordinators owner", rows="coordinators",
        sheets="coordinators", result="coordinators", columns=CODE, apart=CODE, same=CODE,
        counts=CODE, why=CODE,
    ),
    "networks.Invitation": rows(
        at="network", of=whose_invitation, email="coordinators owner asked",
        name="coordinators owner holder asked", token="= asked",
    ),
}  # fmt: skip

SESSIONS = {
    "peer_sessions.Cadence": rows(
        at="network", title="members holder", rule=CODE, zone=CODE, link="members",
        place="members holder",
        reason="members",
    ),
    "peer_sessions.Session": rows(
        at="network", slot=CODE, title="members holder linked", zone=CODE, link="members holder",
        place="members holder", agenda="members", reason="members",
    ),
    "peer_sessions.AttendanceFile": rows(
        at="session__network", of="by", filename="hosts owner", layout=CODE, digest=SECRET,
    ),
    "peer_sessions.Participant": rows(
        at="file__session__network", of="person", name="hosts owner", email="hosts owner",
        spans=CODE, matched_by=CODE, near=CODE,
    ),
    "peer_sessions.Attendance": rows(
        at="session__network", of="person", shown_name="hosts owner", shown_email=NEVER,
    ),
    "peer_sessions.CalendarFeed": rows(digest=SECRET),
    "peer_sessions.KeptEvent": rows(text=MADE, look=CODE),
    "peer_sessions.Notes": rows(
        at="session__network", of="by", text="members owner", html="members",
    ),
    "peer_sessions.AgreedAction": rows(
        at="session__network", of="who", what="members owner",
    ),
    "peer_sessions.Keeping": rows(at="network"),
    "peer_sessions.SessionMessage": rows(
        at="session__network", of="by", text="members owner",
    ),
}  # fmt: skip

EVALUATION = {
    "evaluation.Study": rows(at="network", title="members funders holder"),
    "evaluation.Item": rows(
        at="study__network", uid=CODE, text="members funders holder",
        options="members holder",
    ),
    "evaluation.Wave": rows(figures=CODE),
    "evaluation.Response": rows(
        at=once_closed, of=whose_answers, mark=SECRET, answers="coordinators owner link",
    ),
    "evaluation.Answered": rows(mark=SECRET),
    "evaluation.Rollup": rows(basis=CODE, figures=CODE),
}  # fmt: skip

TABLE = THEIRS | MEMBERS | NETWORKS | SESSIONS | EVALUATION
