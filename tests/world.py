"""One small world with one of everything, and eleven people who stand differently to it.

The authorization matrix, the page checks and the query counts all walk this world.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.test import Client

from members.notices.actions import beat
from members.people.models import Person
from networks.funding.models import FunderSeat
from networks.invitations.models import Invitation
from networks.network.models import Network
from peernet.lib import clock
from sessions.cadence.models import SessionState
from tests import cast

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROLES = [
    "anonymous", "outsider", "invited", "member", "former", "facilitator", "coordinator",
    "other_coordinator", "funder", "other_funder", "operator",
]  # fmt: skip


@dataclass
class World:
    place: Network
    people: dict[str, Person | None]
    programme: object
    grant: object
    invitation: Invitation
    session: object
    past: object
    cadence: object
    thread: object
    post: object
    room: object
    batch: object
    file: object
    tentative: object
    seat: object
    keys: dict[int, str] = field(default_factory=dict)  # each person's signed-in session

    def __getitem__(self, role):
        return self.people[role]

    def __post_init__(self):
        """Signing in is dear; a world is asked thousands of times."""
        for person in self.people.values():
            if person and person.pk not in self.keys:
                client = Client()
                client.force_login(person, backend=BACKEND)
                self.keys[person.pk] = client.cookies["sessionid"].value

    def browser(self, role: str, **headers: str) -> Client:
        """A browser of its own, signed in as the role; a page that fails there answers 500."""
        client = Client(headers=headers, raise_request_exception=False)
        if self[role]:
            client.cookies["sessionid"] = self.keys[self[role].pk]
        return client


def world() -> World:
    place = cast.network("Health and Social Care", slug="care")
    other = cast.network("Community Libraries", slug="libraries")
    programme, elsewhere = cast.programme(), cast.programme("Other Fund", funder="Other Trust")
    grant = cast.grant(place, programme)
    invitation = cast.invited(place)
    people = {
        "anonymous": None,
        "outsider": cast.person("Oz Outside"),
        "invited": cast.person("Ivy Stone", email=invitation.email),
        "member": cast.member(place, "Amina Begum", organisation="Octopus Centre"),
        "former": cast.former_member(place),
        "facilitator": cast.facilitator(place),
        "coordinator": cast.coordinator(place),
        "other_coordinator": cast.coordinator(other, "Otto Else"),
        "funder": cast.funder_person(programme),
        "other_funder": cast.funder_person(elsewhere, "Vic Other"),
        "operator": cast.person("Olu Works", is_operator=True),
    }
    beat("heartbeat")
    thread, post = cast.thread(place, people["member"])
    past = cast.session(place, starts=clock.now() - timedelta(days=3), title="Last time")
    return World(
        place=place,
        people=people,
        programme=programme,
        grant=grant,
        invitation=invitation,
        session=cast.session(place, facilitator=people["facilitator"]),
        past=past,
        room=place.rooms.get(),
        batch=cast.sheet(place, people["coordinator"]),
        file=cast.attendance_file(past, people["coordinator"]),
        tentative=cast.session(
            place, starts=clock.now() + timedelta(days=400), state=SessionState.TENTATIVE
        ),
        seat=FunderSeat.objects.create(funder=programme.funder, email=invitation.email),
        cadence=cast.cadence(place, first=clock.today(place.zone) + timedelta(days=7)),
        thread=thread,
        post=post,
    )
