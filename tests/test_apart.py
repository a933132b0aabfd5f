"""What happens elsewhere, or to somebody else alone, changes nothing on a page.

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
from django.urls import reverse

from members.people.models import Person
from networks.discussions.models import Mute, ReadMark
from networks.drafts.models import Draft
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
LONG_AGO = timedelta(days=300)


def looked_at():
    """(page, role): who looks at which page."""
    for page in PAGES:
        if not page.get or page.get["anonymous"] == OK:
            continue  # no page, or one on which nobody is anybody
        for role in ("member", "coordinator", "funder"):
            apart = role != "coordinator" or page.get["outsider"] != OK
            if page.get[role] == OK and apart:
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


def fill(house, shut):
    libraries, otto = elsewhere(house), house["other_coordinator"]
    furnish(libraries, otto, otto, [])
    ann, fay, gus = house["member"], house["facilitator"], house["former"]
    cast.session(shut, title="Never more")
    cast.cadence(shut, first=clock.today(shut.zone) + timedelta(days=7))
    Pause.objects.create(network=libraries.place, person=house["coordinator"])
    # An address that was only typed is nobody's.
    ann.emailaddress_set.create(email=libraries.invitation.email, verified=False)
    Invitation.objects.create(network=shut, name="Ann", email=ann.email)
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
