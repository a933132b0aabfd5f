"""The world of the other tests, and more: two networks with something in every table."""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

from allauth.account.models import EmailConfirmation
from allauth.mfa.models import Authenticator

from evaluation.surveys import actions as surveys
from members.audit.actions import note
from members.notices.actions import tell_address
from members.people.models import Person
from networks.consents.models import Consent, ConsentText
from networks.discussions.models import Post, Room, RoomKind, Thread
from networks.drafts.models import Draft
from networks.exchange.actions import end, put_up, set_topics
from networks.handover.models import Handover
from networks.imports.models import Import
from networks.introductions.actions import answer as agree_to_meet
from networks.introductions.actions import introduce
from networks.invitations.models import Invitation
from networks.joining.models import JoinRequest
from networks.links.models import Link
from networks.membership.models import Pause
from networks.network.models import Charter, Closing, Cohort, Network
from networks.phone.actions import agree, ask, open_line
from networks.profiles.models import Detail
from networks.profiles.rules import EMAIL, FIELDS
from networks.succession.models import Succession
from peernet.lib import clock
from sessions.attendance.models import Attendance, Participant
from sessions.cadence.models import SessionState
from sessions.follow_up.models import AgreedAction, Notes
from sessions.keeping.models import Keeping
from sessions.meetings.models import SessionMessage
from tests import cast
from tests.declared import PAGES
from tests.elsewhere import elsewhere
from tests.networks.files.things import PDF, picture, stored
from tests.rows.account import a_device
from tests.rows.links import neighbour, stand
from tests.world import World, world

CROWD = 10  # further members: what fewer answered, a funder is not shown
HOUR = timedelta(hours=1)


@dataclass
class Land:
    """Two networks as worlds of their own, what else stands in each, and everybody in them."""

    care: World
    libraries: World
    things: dict[str, SimpleNamespace]  # by the name of the world
    people: dict[str, object]  # by role, and "crowd 1" and so on

    def holders(self) -> set[int]:
        """Whose links from mails the addresses are asked with."""
        return {self.care["member"].pk, self.libraries["member"].pk}

    def worlds(self):
        return {"care": self.care, "libraries": self.libraries}


KEPT_FROM = date(2199, 1, 2).toordinal()  # a day that never comes


def land() -> Land:
    """Everything, with ordinary words still: `paint` gives each its own."""
    care = world()
    otto = care["other_coordinator"]
    people = {role: person for role, person in care.people.items() if person}
    people |= {f"crowd {n}": cast.member(care.place, f"Crowd {n}") for n in range(CROWD)}
    libraries = elsewhere(care)
    people["elsewhere"] = libraries["former"]
    crowd = [people[f"crowd {n}"] for n in range(CROWD)]
    things = {
        "care": furnish(care, care["coordinator"], care["facilitator"], crowd),
        "libraries": furnish(libraries, otto, otto, []),
    }
    stand(care.place, libraries.place)
    for name, place in (("care", care), ("libraries", libraries)):
        things[name].parted = stand(place.place, neighbour(place.place, "gone"), gives=(),
                                    ended_at=clock.now())  # fmt: skip
        Link.objects.create(
            kind="peer", upper=place.place, asker=place.place, address="where-nothing-is"
        )
    _first_day(people)
    return Land(care, libraries, things, people)


def furnish(place: World, lead, host, crowd) -> SimpleNamespace:
    """What `world` leaves out."""
    ann, network = place["member"], place.place
    made = SimpleNamespace(cohort=Cohort.objects.create(network=network, name="First",
        starts_on=clock.today(network.zone), welcome="Come in"))  # fmt: skip
    made.cohort.spells.create(person=ann)
    _talk(place, made, ann, host)
    _exchange(place, made, host, ann)
    _phone(place, made, lead, ann)
    _introductions(place, lead, host, ann, crowd)
    _handover(place, made, host)
    _details(ann, host)
    _sessions(place, made, lead, host, ann)
    _surveys(place, made, lead, [ann, *crowd])
    _people(place, made, lead, ann)
    days = {"starts_on": place.grant.starts_on, "ends_on": place.grant.ends_on}
    made.waiting = cast.grant(network, place.programme, funder_agreed_at=None, **days)
    return made


def _talk(place: World, made, ann, host) -> None:
    network = place.place
    made.trusted = Room.objects.create(network=network, name="Rants", kind=RoomKind.TRUSTED)
    made.addition = Charter.objects.create(
        network=network, room=made.trusted, version=1, text="Not a word", note="New here",
        review_on=clock.today(network.zone) - timedelta(days=1),
    )  # fmt: skip
    made.whisper, made.whispered = cast.thread(network, host, "Between us")
    Thread.objects.filter(pk=made.whisper.pk).update(room=made.trusted)
    made.whisper.refresh_from_db()
    made.own = Post.objects.create(
        network=network, thread=made.whisper, author=ann, text="And I", html="<p>And I</p>"
    )
    made.answer = Post.objects.create(
        network=network, thread=place.thread, author=host, text="By the day", html="<p>.</p>"
    )
    for thread, post in ((made.whisper, made.own), (place.thread, made.answer)):
        Thread.objects.filter(pk=thread.pk).update(posts_count=2, last_post_id=post.pk)
    for post, by, what in ((made.answer, host, PDF), (made.own, ann, PDF)):
        stored(post, by, what, "paper.pdf")
    stored(made.whispered, host, picture(), "map.png")
    for thread, room in (
        (place.thread, None),
        (made.whisper, None),
        (None, made.trusted),
        (None, None),
    ):
        Draft.objects.create(
            network=network, person=ann, thread=thread, room=room, title="" if thread else "T",
            text="Half a", box=uuid4(),
        )  # fmt: skip


def _exchange(place: World, made, host, ann) -> None:
    """One that stands, one that the host met, one that was moved to a trusted room."""
    said = {"kind": "ask", "words": "For a day", "about": "thing", "tags": ["bus"], "by": ann}
    made.asked = put_up(place.place, title="A minibus", **said)
    made.offered = put_up(
        place.place, title="A van", **said | {"kind": "offer", "by": host, "tags": ["bus", "van"]}
    )
    asker = place.place.memberships.current().exclude(person=host).first().person
    made.met = put_up(place.place, title="A ladder", **said | {"by": asker})
    end(made.met, "met_here", met_by=host, by=asker)
    set_topics(place.place, ["asbestos", "minibus"], by=host)
    hidden = put_up(place.place, title="Somebody to talk to", **said)
    Thread.objects.filter(pk=hidden.pk).update(room=made.trusted)


def _introductions(place: World, lead, host, ann, crowd) -> None:
    """The member and the host: the one waits for their answers, to the other both said yes."""
    if lead == host:
        return
    introduce(place.place, ann, host, why="Rotas", by=lead)
    if not crowd:
        return
    met = introduce(place.place, ann, host, why="Nights", by=crowd[0])
    for one in (ann, host):
        agree_to_meet(met, True, by=one)


def _phone(place: World, made, lead, ann) -> None:
    """Two calls: the member agreed to one, and has not answered the other."""
    said = {"times": "After four", "topics": "Rotas"}
    line = open_line(place.place, number="07700 900111", **said, by=ann)
    askers = place.place.memberships.current().exclude(person=ann).order_by("pk")
    first = lead if lead != ann else askers[0].person
    made.call = ask(line, number="07700 900222", words="Nights", by=first)
    agree(made.call, by=ann)
    other = next((one.person for one in askers if one.person != first), first)
    if other != first:
        made.waiting_call = ask(line, number="07700 900333", words="Days", by=other)


def _handover(place: World, made, host) -> None:
    """A seat of which the host is to take over a part, with a thread of an open room and of a
    trusted one in its pack."""
    held = place.place.seats.order_by("pk").first().holdings.current().first()
    today = clock.today(place.place.zone)
    made.handover = Handover.objects.create(
        network=place.place, seat=held.seat, leaver=held.person, successor=host, part=held.part,
        starts_on=today, ends_on=today,
    )  # fmt: skip
    for thread in (place.thread, made.whisper):
        made.handover.items.create(kind="thread", about_id=thread.pk)


def _details(*people) -> None:
    """What each tells, something at each level."""
    for at, person in enumerate(people):
        for number, field in enumerate(one for one in FIELDS if one.code != EMAIL):
            level = (number + at) % 4
            what = {"person": person, "what": field.code}
            Detail.objects.get_or_create(**what, defaults={"words": "Told", "level": level})


def _sessions(place: World, made, lead, host, ann) -> None:
    network, starts = place.place, clock.now() + timedelta(days=7)
    made.in_series = cast.session(
        network, starts=starts, cadence=place.cadence, slot=starts.isoformat()[:16],
        facilitator=host, link="",
    )  # fmt: skip
    made.cancelled = cast.session(
        network, starts=starts + timedelta(days=1), state=SessionState.CANCELLED,
        settled_at=clock.now(),
    )  # fmt: skip
    made.for_some = cast.session(network, starts=starts, cohort=made.cohort)
    made.ended = cast.cadence(
        network, first=clock.today(network.zone) - timedelta(days=90), ended_at=clock.now()
    )
    Notes.objects.create(session=place.past, by=host, text="We met.", html="<p>We met.</p>")
    AgreedAction.objects.create(session=place.past, who=ann, by=host, what="Share it")
    said = {"session": place.session, "by": host}
    made.message = SessionMessage.objects.create(**said, whom="silent", text="Bring tea")
    made.thanks = SessionMessage.objects.create(**said, whom="yes", text="Thank you")
    shown = {"file": place.file, "lines": 1}
    Participant.objects.create(person=ann, standing="member", name="A", email="a@x.org", **shown)
    Attendance.objects.create(
        session=place.past, person=ann, source="file", file=place.file, shown_name="A",
        shown_email="a@x.org",
    )  # fmt: skip
    Attendance.objects.create(
        session=place.past, source="file", file=place.file, shown_name="Guest",
        shown_email="g@x.org",
    )  # fmt: skip


def _surveys(place: World, made, lead, people) -> None:
    """One that closed, of which a coordinator reads the words, and one under way."""
    network, today = place.place, clock.today(place.place.zone)
    for name in ("closed", "open"):
        study = surveys.open_study(network, name, by=lead)
        days = (today, today + timedelta(days=14))
        wave = surveys.launch(study, *days, shared=True, by=lead)
        said = {"words": "Words", "learning": "4", "motivation": "7"}
        items = list(study.items.filter(uid__in=said))
        for person in people:
            for item in items:
                surveys.save(wave, person, item, {"answer": said[item.uid]}, by=person)
            if name == "closed" or person != people[0]:
                surveys.send(wave, person, by=person)
        setattr(made, name, wave)
    surveys.close(made.closed, by=lead)


def _consents(network, made, lead, ann) -> None:
    """A text that the member agreed to, and that has changed since."""
    now = clock.now()
    Consent.objects.create(
        network=network, person=ann, purpose="pictures", yes=True, at=now, until=now,
        ended="new text",
    )  # fmt: skip
    made.agreed_text = ConsentText.objects.create(
        network=network, purpose="pictures", version=2, text="On our page", published_by=lead
    )
    for one in (lead, ann):
        said = {"network": network, "person": one, "purpose": "linked", "until": None}
        Consent.objects.get_or_create(**said, defaults={"yes": True})


def _people(place: World, made, lead, ann) -> None:
    # Whoever speaks alone for an organisation is asked to invite a second.
    Network.objects.filter(pk=place.place.pk).update(leads_invite=True)
    network, gone = place.place, place["former"]
    made.pause = Pause.objects.create(
        network=network, person=ann, words="A rest", ended_at=clock.now()
    )
    crowd = network.memberships.filter(until=None).exclude(person__in=[ann, lead]).last().person
    Pause.objects.create(network=network, person=crowd, words="A longer rest")
    asked = JoinRequest.objects.create(
        network=network, person=gone, words="It is me", question="Who are you?",
        waits_since=clock.now(),
    )  # fmt: skip
    asked.said.create(author=gone, text="Still me", theirs=True)
    asked.said.create(author=lead, text="Which kettle?", theirs=False)
    made.welcomed = JoinRequest.objects.create(
        network=network, person=gone, words="Once before", state="welcome", answered_by=lead,
        answered_at=clock.now(),
    )  # fmt: skip
    before = {"gone": True, "ended_at": clock.now(), "outcome": "chosen", "chosen": lead}
    Succession.objects.create(network=network, **before)
    asked = Succession.objects.create(network=network, gone=False)
    asked.voices.create(person=ann, candidate=asked.candidates.create(person=crowd))
    _consents(network, made, lead, ann)
    kept = {"then": 12, "begins_on": date.fromordinal(KEPT_FROM), "chosen_by": lead}
    Keeping.objects.create(network=network, kind="talk", **kept)
    made.closing = Closing.objects.create(network=network, by=lead, words="Thank you all")
    made.change = note("address.added", by=ann)
    place.programme.funder.seats.update(invited_by=lead)
    place.place.invitations.update(invited_by=lead)
    cast.invited(network, "Nan Never")
    Invitation.objects.create(
        network=network, name="Ann", email=f"ann-{ann.pk}@old.example", accepted_by=ann,
        accepted_at=clock.now(),
    )  # fmt: skip
    _invited(network, made, ann)
    tell_address(place.invitation.email, "invitation", place.invitation.pk, network_id=network.pk)
    sheet = {"hidden": 0, "is_hidden": False, "addresses": 2, "rows": place.batch.rows}
    Import.objects.filter(pk=place.batch.pk).update(
        sheets=[{"title": title, **sheet} for title in ("People", "Others")]
    )
    Import.objects.create(
        network=network, by=place.batch.by, state="applied", settled_at=clock.now(),
        result=[[2, "cy@example.org", "bad", "There is a space in it."]],
    )  # fmt: skip
    if not ann.emailaddress_set.filter(primary=False).exists():
        second = ann.emailaddress_set.create(email=f"second-{ann.pk}@example.org", verified=True)
        EmailConfirmation.objects.create(
            email_address=second, key=f"confirm-{ann.pk}", created=clock.now()
        )
        Authenticator.objects.create(user=ann, type="webauthn", data={"name": "My phone"})
        a_device(place)


def _invited(network, made, ann) -> None:
    """Whom a member named, before and after the answer; a link whose holder wants another."""
    seat = network.seats.order_by("pk").first()
    named = {"network": network, "part": "deputy", "invited_by": ann,
             "organisation": seat and seat.organisation}  # fmt: skip
    now = clock.now()
    made.nominated = Invitation.objects.create(
        name="Nat Named", email=f"nat-{ann.pk}@named.example", nomination="waits", **named
    )
    made.answered = Invitation.objects.create(
        name="Nye Not",
        email=f"nye-{ann.pk}@named.example",
        nomination="no",
        withdrawn_at=now,
        **named,
    )
    made.wanted = Invitation.objects.create(
        network=network, name="Wes Want", email=f"wes-{ann.pk}@named.example", withdrawn_at=now,
        wanted=True, wanted_at=now,
    )  # fmt: skip


def _first_day(people) -> None:
    """What was said, was said an hour ago: a weekly mail leaves the last minute out."""
    Post.objects.update(posted_at=clock.now() - HOUR)
    Thread.objects.update(last_post_at=clock.now() - HOUR, started_at=clock.now() - 2 * HOUR)


def arguments(land: Land) -> dict[str, dict[str, tuple]]:
    """Of every address what it is asked with, in each network; what an address needs is made, and
    whom it needs is known from then on."""
    args = {name: {page.name: page.args(place) for page in PAGES}
            for name, place in land.worlds().items()}  # fmt: skip
    known = {person.pk for person in land.people.values()}
    for person in Person.objects.exclude(pk__in=known):
        land.people[f"beside {person.pk}"] = person
    return args


def freshen(land: Land) -> None:
    """Read everything anew, after `paint`."""
    for place in land.worlds().values():
        for field in fields(place):
            thing = getattr(place, field.name)
            if hasattr(thing, "refresh_from_db"):
                thing.refresh_from_db()
    for person in [*land.people.values(), *filter(None, land.libraries.people.values())]:
        person.refresh_from_db()
