"""What happens elsewhere, or to somebody else alone, changes nothing on a page.

And what stands in one network is not found under another's address.

Every page is looked at twice: while nothing else is there, and after another network was filled
with one of everything, after a closed one was, and after others in one's own network began drafts,
muted, answered and chose. A page of one's network is looked at by its coordinator, who is in the
other network as well; every page by a member, who left the other one long ago. A new page joins by
its row in tests/declared.py.
"""

import re
from datetime import timedelta
from difflib import unified_diff
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from members.people.models import Person
from networks.discussions.models import Mute, ReadMark
from networks.drafts.models import Draft
from networks.funding.models import FunderSeat
from networks.invitations.models import Invitation
from networks.membership.models import CharterAcceptance, Membership, Pause
from networks.network.models import Network
from networks.preferences.models import Preference
from peernet.lib import clock
from sessions.calendar.actions import make_address
from tests import cast
from tests.canary.land import furnish
from tests.declared import PAGES
from tests.elsewhere import elsewhere
from tests.pages import OK

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SECRETS = re.compile(r'(csrfmiddlewaretoken" value|name="once" value|name="box" value)="[^"]*"')
RUN = ["coordinator"]  # in the other network, too: Home rightly says what happens there
LONG_AGO = timedelta(days=300)


def looked_at():
    """(page, role): who looks at which page."""
    for page in PAGES:
        if not page.get or page.get["anonymous"] == OK:
            continue  # no page, or one on which nobody is anybody
        everybody = page.get["outsider"] == OK
        for role in ("member", "former", "invited", "funder", *([] if everybody else RUN)):
            if page.get[role] == OK and "operat" not in page.name:
                yield page, role


def seen(house, args, page, role):
    """What stands on the page; that somebody looked is taken back."""
    client = Client()
    with transaction.atomic():
        client.force_login(house[role], backend=BACKEND)
        answer = client.get(reverse(page.name, args=args[page.name]))
        transaction.set_rollback(True)
    text = answer.getvalue().decode("utf-8", "replace")
    return [str(answer.status_code), *SECRETS.sub("", text).splitlines()]


@pytest.fixture(scope="module")
def before(house, django_db_blocker):
    """The arguments of every address, the moment, and what was on each page before the rest."""
    with django_db_blocker.unblock():
        shut = prepare(house)
        args = {page.name: page.args(house) for page in PAGES}
        moment = clock.now() + timedelta(minutes=2)
        clock.travel(moment)
        quiet = {(page.name, role): seen(house, args, page, role) for page, role in looked_at()}
        clock.travel(None)
        fill(house, shut)
        return args, moment, quiet


def prepare(house):
    """Who stands where; the places themselves are empty."""
    furnish(house, house["coordinator"], house["facilitator"], [])
    libraries, shut = Network.objects.get(slug="libraries"), cast.network("Shut", slug="shut")
    then = clock.now() - LONG_AGO
    for role in ("coordinator", "facilitator"):
        cast.member(libraries, person=house[role])
    Membership.objects.create(
        network=libraries, person=house["member"], since=then - LONG_AGO, until=then, reason="left"
    )
    cast.member(shut, person=house["member"])
    Network.objects.filter(pk=shut.pk).update(closed_at=clock.now())
    return shut


@pytest.fixture
def both(house, before):
    """Somebody who looks after either network."""
    found = cast.coordinator(house.place, "Bo Both")
    cast.coordinator(Network.objects.get(slug="libraries"), person=found)
    return found


def fill(house, shut):
    libraries, otto = elsewhere(house), house["other_coordinator"]
    furnish(libraries, otto, otto, [])
    ann, fay, gus = house["member"], house["facilitator"], house["former"]
    cast.session(shut, title="Never more")
    cast.cadence(shut, first=clock.today(shut.zone) + timedelta(days=7))
    dan = house["coordinator"]
    Pause.objects.create(network=libraries.place, person=dan)
    Draft.objects.create(network=libraries.place, person=dan, title="", text="T", box=uuid4())
    # An address that was only typed is nobody's.
    ann.emailaddress_set.create(email=libraries.invitation.email, verified=False)
    for person in (ann, gus, house["invited"]):
        Invitation.objects.create(network=shut, name="A", email=person.email)
        FunderSeat.objects.create(
            funder=libraries.programme.funder, email=person.email, until=clock.now()
        )
    others_alone(house.place, house, fay)
    CharterAcceptance.objects.create(charter=house.place.charters.last(), person=gus)


def others_alone(place, house, fay):
    """What the facilitator has, does and chooses, and nobody else is to see."""
    thread, room = house.thread, house.room
    for where in ({"thread": thread}, {"room": room}, {}):
        Draft.objects.create(network=place, person=fay, title="", text="I", box=uuid4(), **where)
    Preference.objects.create(network=place, person=fay, talk="nothing")
    make_address(fay, by=fay)
    talk = {"network": place, "thread": thread, "person": fay}
    ReadMark.objects.create(**talk, last_post_id=house.post.pk + 10**6)
    Mute.objects.create(**talk)
    Mute.objects.create(network=place, person=fay)
    Person.objects.filter(pk=fay.pk).update(weekly=False)


@pytest.mark.parametrize(
    ("page", "role"), [*looked_at()], ids=lambda one: getattr(one, "name", one)
)
def test_what_happens_apart_changes_nothing_here(page, role, house, before):
    args, moment, quiet = before
    clock.travel(moment)
    there, here = quiet[page.name, role], seen(house, args, page, role)
    assert not [*unified_diff(there, here, lineterm="", n=0)]


def things():
    """The pages of a thing that a network holds. A person stands in several networks."""
    for page in PAGES:
        for pattern, names in get_resolver().reverse_dict.getlist(page.name)[0][0]:
            held = pattern.startswith("n/") and len(names) > 1
            if held and page.name not in ("person", "role", "person_remove", "person_restore"):
                yield page


@pytest.mark.parametrize("page", [*things()], ids=lambda page: page.name)
def test_a_thing_is_found_under_its_own_address_only(page, house, before, both):
    """Not under that of another network, also by whoever is in both; and a post not under another
    thread's, nor a round under another survey's."""
    args = before[0][page.name]
    elsewhere = [("libraries", *args[1:])]
    elsewhere += [(args[0], 10**8, *args[2:])] if len(args) > 2 else []
    for person in (both, house[page.look_as or "member"], house["member"]):
        client = Client()
        client.force_login(person, backend=BACKEND)
        for wrong in elsewhere:
            address = reverse(page.name, args=wrong)
            for method, there in (("get", page.get), ("post", page.post)):
                if there:
                    answer = getattr(client, method)(address, page.data(house))
                    assert answer.status_code in (403, 404), (method, address, person)
