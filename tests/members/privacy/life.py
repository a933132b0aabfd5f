"""Somebody about whom every model of PeerNet has a row, with words that occur nowhere else."""

from datetime import timedelta
from uuid import uuid4

from allauth.account.models import EmailConfirmation
from allauth.mfa.models import Authenticator

from evaluation.surveys import actions as surveys
from evaluation.surveys.models import Wave
from members.access.models import Device
from members.audit.actions import note
from members.notices.models import Notice
from members.people.models import Alias
from members.privacy.models import Archive
from networks.archives.models import NetworkArchive
from networks.consents.models import Consent
from networks.discussions.actions import make_findable
from networks.discussions.models import Follow, Mute, ReadMark
from networks.drafts.models import Draft
from networks.exchange.actions import end, put_up, set_topics
from networks.funding.models import FunderSeat
from networks.handover.models import Handover
from networks.hosting.models import ThreadChange
from networks.introductions.actions import introduce
from networks.invitations.models import Invitation
from networks.joining.models import JoinRequest
from networks.links.models import Link, MadeOf
from networks.membership.models import CharterAcceptance, Membership, Pause
from networks.network.models import Closing
from networks.phone.actions import agree, ask, open_line
from networks.preferences.models import Preference
from networks.profiles.models import Detail
from networks.succession.models import Succession
from peernet.lib import clock
from sessions.attendance.models import Attendance, Participant
from sessions.calendar.models import CalendarFeed
from sessions.follow_up.models import AgreedAction, Notes
from sessions.keeping.models import Keeping
from sessions.meetings.models import Answer, SessionMessage
from tests import cast
from tests.networks.files.things import PDF, stored

NAME, ADDRESS, OTHER = "Zenobia Quagmire", "zenobia@quagmire.example", "zq@second.example"
CANARIES = ("zenobia", "quagmire", "zq@second")


def lived():
    """(the person, her network): she did one of everything, some of it under another address."""
    place = cast.network("Community Libraries")
    cast.coordinator(place)
    zoe = cast.coordinator(place, NAME, email=ADDRESS, organisation="Octopus Centre")
    second = zoe.emailaddress_set.create(email=OTHER, verified=True)
    EmailConfirmation.objects.create(email_address=second, key="k", created=clock.now())
    charter = place.charters.get()
    charter.published_by = zoe
    charter.save()
    CharterAcceptance.objects.create(charter=charter, person=zoe)
    cohort = place.cohorts.create(name="First", starts_on=clock.today(place.zone))
    cohort.spells.create(person=zoe)
    thread, post = cast.thread(place, zoe)
    post.text, post.html = f"Call me {NAME}", f"<p>Call me {NAME}</p>"
    post.save()
    make_findable(thread)
    stored(post, zoe, PDF, f"{NAME}.pdf")
    ReadMark.objects.create(network=place, thread=thread, person=zoe, last_post_id=post.pk)
    _own_talk(place, thread, post, zoe)
    Follow.objects.create(network=place, thread=thread, person=zoe, on=True)
    Preference.objects.create(network=place, person=zoe, talk="each")
    _exchange(place, zoe)
    _phone(place, zoe)
    _handovers(place, zoe)
    texts = {"purpose": "pictures", "version": 2, "text": "In our pictures"}
    place.consent_texts.create(**texts, published_by=zoe)
    Consent.objects.create(network=place, person=zoe, purpose="named", yes=True)
    Keeping.objects.create(network=place, kind="talk", months=12, chosen_by=zoe)
    Detail.objects.create(person=zoe, what="about", words=f"I am {NAME}", level=4)
    _invitations(place, zoe)
    Pause.objects.create(network=place, person=zoe, words=f"A rest for {NAME}")
    asked = JoinRequest.objects.create(network=place, person=zoe, words=f"It is {NAME}")
    asked.said.create(author=zoe, text=f"Still {NAME}", theirs=True)
    JoinRequest.objects.create(network=place, person=cast.former_member(place), answered_by=zoe)
    Closing.objects.create(network=cast.network("Pubs"), by=zoe, words="Thank you all")
    _links(place, zoe)
    _succession(zoe)
    _sessions(place, zoe)
    cast.sheet(place, zoe)
    programme = cast.programme()
    FunderSeat.objects.create(
        funder=programme.funder, email=ADDRESS, person=zoe, since=clock.now(), invited_by=zoe
    )
    FunderSeat.objects.create(funder=programme.funder, email="bea@example.org", invited_by=zoe)
    _survey(place, zoe)
    note("network.opened", by=zoe, network_id=place.pk)
    before = clock.now() - timedelta(hours=1)
    Archive.objects.create(person=zoe, state="ready", asked_at=before, ready_at=before)
    Alias.objects.create(old_id=10**9, into=zoe, joined_at=before)
    NetworkArchive.objects.create(network=place, by=zoe, state="ready", ready_at=before)
    Device.objects.create(person=zoe, session_key="d" * 32, used_on=clock.today(zoe.zone))
    Authenticator.objects.create(user=zoe, type="webauthn", data={"name": f"Phone of {NAME}"})
    return zoe, place


def _own_talk(place, thread, post, zoe):
    """What she muted, what she began to write, what she did to a thread."""
    Mute.objects.create(network=place, thread=thread, person=zoe)
    Draft.objects.create(network=place, thread=thread, person=zoe, text=f"As {NAME}", box=uuid4())
    ThreadChange.objects.create(
        network=place, thread=thread, by=zoe, deed="renamed", after_post_id=post.pk
    )


def _links(place, zoe):
    """Networks that she linked, and one that she made of others' coordinators."""
    words = {"words": f"From {NAME}", "ended_words": f"Bye, {NAME}"}
    Link.objects.create(
        kind="peer", upper=place, lower=cast.network("Shops"), asker=place, asked_by=zoe,
        answered_by=zoe, ended_by=zoe, ended_at=clock.now(), **words,
    )  # fmt: skip
    MadeOf.objects.create(network=place, role="coordinator", by=zoe)


def _succession(zoe):
    """Where nobody looked after a network, and she offered to, said yes, and was chosen before."""
    place = cast.network("Allotments")
    cast.member(place, person=zoe)
    Succession.objects.create(
        network=place, gone=True, ended_at=clock.now(), outcome="chosen", chosen=zoe
    )
    asked = Succession.objects.create(network=place, gone=True)
    mine = asked.candidates.create(person=zoe)
    asked.voices.create(person=zoe, candidate=mine)


def _exchange(place, zoe):
    """What she asked for, and what she met."""
    said = {"title": "A van", "words": f"Ring {NAME}", "about": "thing"}
    put_up(place, kind="ask", tags=["zenobia"], by=zoe, **said)
    set_topics(place, ["quagmires"], by=zoe)
    other = cast.member(place, "Bo Dale")
    end(put_up(place, kind="offer", tags=[], by=other, **said | {"words": "A van"}),
        "met_here", met_by=zoe, by=other)  # fmt: skip


def _phone(place, zoe):
    """Her number, whom she asked for a call, and who asked her."""
    said = {"times": f"Ask {NAME}", "topics": ""}
    line = open_line(place, number="07700 900123", **said, by=zoe)
    other = cast.member(place, "Cal Ring")
    ask(line, number="07700 900456", words="Nights", by=other)
    theirs = open_line(place, number="07700 900456", times="Mornings", topics="", by=other)
    fay = cast.member(place, "Fay Meets")
    introduce(place, zoe, fay, why=f"It is {NAME}", by=other)
    introduce(place, other, fay, why=f"Says {NAME}", by=zoe)
    agree(ask(theirs, number="07700 900123", words=f"I am {NAME}", by=zoe), by=other)


def _handovers(place, zoe):
    """Her place, which she hands over, and one that she took over."""
    bo, today = cast.member(place, "Bo Hand", organisation="Shops"), clock.today(place.zone)
    days = {"network": place, "part": "lead", "starts_on": today, "ends_on": today}
    seat = zoe.holdings.get().seat
    row = Handover.objects.create(seat=seat, leaver=zoe, successor=bo, begun_by=zoe, **days)
    row.items.create(kind="person", about_id=bo.pk)
    Handover.objects.create(seat=bo.holdings.get().seat, leaver=bo, successor=zoe, **days)


def _invitations(place, zoe):
    """One that she took up, one to her other address, and one that she sent."""
    rows = [
        Invitation(network=place, name=NAME, email=ADDRESS, accepted_by=zoe,
                   accepted_at=clock.now()),
        Invitation(network=cast.network("Shops"), name="Z. Quagmire", email=OTHER.upper()),
        Invitation(network=place, name="Bea Lane", email="bea@example.org", invited_by=zoe),
    ]  # fmt: skip
    for row in rows:
        row.save()
    asked = {"kind": "invitation", "network_id": rows[1].network_id, "about_id": rows[1].pk}
    Notice.objects.create(**asked, address=OTHER)
    Notice.objects.create(**asked, person=zoe)


def _sessions(place, zoe):
    past = cast.session(place, starts=clock.now() - timedelta(days=3), facilitator=zoe)
    cast.cadence(place, first=clock.today(place.zone), facilitator=zoe, planned_by=zoe)
    Answer.objects.create(session=past, person=zoe, reply="yes")
    SessionMessage.objects.create(session=past, by=zoe, whom="yes", text=f"Bring tea, {NAME}")
    Notes.objects.create(session=past, by=zoe, text="We met.", html="<p>We met.</p>")
    AgreedAction.objects.create(session=past, who=zoe, by=zoe, what="Share the hire agreement")
    CalendarFeed.objects.create(person=zoe, digest="d" * 64)
    file = cast.attendance_file(past, zoe)
    shown = {"name": f"Zen ({NAME})", "email": ADDRESS, "lines": 1}
    Participant.objects.create(file=file, person=zoe, standing="member", **shown)
    Participant.objects.create(file=file, standing="guest", **shown | {"email": OTHER})
    Attendance.objects.create(
        session=past, person=zoe, shown_name=NAME, shown_email=ADDRESS, source="file", file=file
    )


def _survey(place, zoe):
    today = clock.today(place.zone)
    study = surveys.open_study(place, "How it works", by=zoe)
    days = {"opens_on": today, "closes_on": today + timedelta(days=9)}
    wave = Wave.objects.create(study=study, number=1, opened_at=clock.now(), **days)
    words = study.items.get(kind="text")
    surveys.save(wave, zoe, words, {"answer": f"Ask {NAME}"}, by=zoe)
    surveys.no_more(study, zoe, by=zoe)


def spells(person):
    return Membership.objects.filter(person=person)
