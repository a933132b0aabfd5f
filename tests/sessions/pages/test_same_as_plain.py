"""What the statements of pages say of sessions is what the models say, row by row and word by word,
for everybody who may see something else."""

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext
from markupsafe import Markup

from members.people.models import Person
from networks.membership.models import Pause
from networks.network.models import Cohort, Network
from peernet.lib import clock
from peernet.pages.gate import MONTH, gate
from sessions.attendance.models import Attendance
from sessions.cadence.models import Cadence, Session
from sessions.cadence.queries import (
    audience,
    invited_to,
    rhythms_of,
    rhythms_visible_to,
    visible_to,
)
from sessions.follow_up.models import AgreedAction, Notes, Outcome
from sessions.meetings.models import Answer
from sessions.meetings.queries import rows
from sessions.pages.queries import Edge, lines_ahead, lines_past, listed, opened
from tests import cast
from tests.networks.articles.plain import squeezed

pytestmark = pytest.mark.django_db
CSRF = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="a">')
STATES = ["planned", "planned", "tentative", "cancelled", "held", "missed"]
REPLIES = ["yes", "no", "maybe", "yes"]


@lru_cache
def plain():
    text = Path(__file__).with_name("plain.html").read_text()
    return engines["jinja2"].env.from_string(text).module


@pytest.fixture
def house():
    """A network with two cohorts and a closed one, and everybody there is to look at it."""
    place = cast.network("Libraries & <b>more</b>")
    spring, autumn = (
        Cohort.objects.create(network=place, name=name, starts_on=date(2026, 1, 1))
        for name in ("Spring <1>", "Autumn")
    )
    people = [
        cast.member(place, "Ann Lee", cohort=spring),
        cast.member(place, "Bo <i>Dale</i>", cohort=autumn),
        cast.member(place, "Cy Moss"),
        cast.facilitator(place),
        cast.coordinator(place),
        cast.former_member(place),
        cast.person("Sam Stranger"),
        cast.member(place, ""),
        cast.member(place, "Ina Gone"),
    ]
    before = clock.now() - timedelta(days=90)  # Cy was in a cohort once
    cast.member(place, person=people[2], cohort=spring, since=before, until=before)
    Person.objects.filter(name="Ina Gone").update(is_active=False)
    closed = cast.network("Closed")
    cast.member(closed, person=people[0])
    cast.member(cast.network("Elsewhere"), person=people[2])
    for number in range(12):
        groups = [None, spring, autumn]
        fill(place, people, number, groups[number % 3])
        fill(closed, people, number, None)
    Network.objects.filter(pk=closed.pk).update(closed_at=clock.now())
    away = cast.network("Away")
    cast.member(away, person=people[1])
    cast.session(away, starts=clock.now() + timedelta(days=2))
    Pause.objects.create(network=away, person=people[1])
    return place, closed, people


def fill(place, people, number, group):
    """A session to come and one that is over, with what people said, did and agreed."""
    lead = people[number % len(people)] if number % 4 else None
    rhythm = cast.cadence(place, first=date(2026, 1, 6), cohort=group, title=f"Rhythm {number}")
    Cadence.objects.filter(pk=rhythm.pk, title="Rhythm 5").update(ended_at=clock.now())
    fields = {"cohort": group, "facilitator": lead, "link": "https://x.example" * (number % 2)}
    fields |= {"minutes": 60 + number, "state": STATES[number % len(STATES)]}
    ahead = cast.session(place, starts=clock.now() + timedelta(hours=number * 90 - 1), **fields,
                         title=f"To <come> {number}", cadence=rhythm, slot="a")  # fmt: skip
    over = cast.session(place, starts=clock.now() - timedelta(days=1 + number // 2), **fields,
                        title=f"Over {number}", cadence=rhythm, slot="b")  # fmt: skip
    for n, person in enumerate(people):
        if (n + number) % 5:
            for one in (ahead, over):
                Answer.objects.create(session=one, person=person, reply=REPLIES[(n + number) % 4])
        if (n + number) % 3 == 0:
            minutes = (number % 2) * 60 or None
            Attendance.objects.create(session=over, person=person, minutes=minutes, source="tick")
    if number % 2:
        Notes.objects.create(session=over, text="a", html="<p>a</p>")
    for n in range(number % 4):
        states = {"outcome": Outcome.DROPPED, "settled_at": clock.now()} if n == 2 else {}
        AgreedAction.objects.create(session=over, what=f"Do it {n}", **states)


def plainly(network, person, edges=(None, None)):
    """The lines of the list as one would write them without thinking of speed."""
    here, now = visible_to(person).filter(network=network), clock.now()
    ahead, past = here.ahead(now), here.behind(now)
    ahead, past = (
        found.beyond(edge) if edge else found
        for found, edge in zip((ahead, past), edges, strict=True)
    )
    over = []
    for one in past:
        mine = Attendance.objects.filter(session=one, person=person).first()
        agreed = AgreedAction.objects.filter(session=one).exclude(outcome=Outcome.DROPPED).count()
        notes = Notes.objects.filter(session=one).exists()
        over.append(plain().past(one, bool(mine), mine and mine.minutes, notes, agreed))
    return [plain().ahead(row, CSRF) for row in rows(ahead, person)], over


def fast(network, person, **edges):
    found = listed(network, person, ahead=99, past=99, **edges)
    return lines_ahead(found.ahead, CSRF), lines_past(found.past)


def same(found, wanted):
    for mine, theirs in zip(found, wanted, strict=True):
        assert [squeezed(line) for line in mine] == [squeezed(line) for line in theirs]


def test_the_list_of_sessions_is_what_a_plain_rendering_says_for_everybody(house):
    place, closed, people = house
    lengths = set()
    for network in (place, closed):
        for person in people:
            found = fast(network, person)
            same(found, plainly(network, person))
            lengths.add(len(found[1]))
    assert {0, 5, 9, 13} == lengths  # nobody's, those for all, a cohort's too, and all


def test_the_list_goes_on_where_it_stopped(house):
    place, _closed, people = house
    dan = people[4]
    ahead, past = visible_to(dan).ahead(clock.now())[3], visible_to(dan).behind(clock.now())[4]
    edges = {"after": Edge(ahead.starts_at, ahead.pk), "before": Edge(past.starts_at, past.pk)}
    found = fast(place, dan, **edges)
    same(found, plainly(place, dan, (ahead, past)))
    assert found[0]
    assert found[1]
    cut = listed(place, dan, ahead=2, past=3)
    whole = listed(place, dan, ahead=99, past=99)
    assert [row.session for row in cut.ahead] == [row.session for row in whole.ahead[:2]]
    assert [row.session for row in cut.past] == [row.session for row in whole.past[:3]]


def coming(one):
    """The names of those who said yes and are here, plainly."""
    here = audience(Session(network=one.network)).values("pk")
    yes = Answer.objects.filter(session=one, reply="yes", person__in=here).order_by("at", "pk")
    return [answer.person.shown_name for answer in yes.select_related("person")]


def test_a_session_is_what_the_models_say_for_everybody(house):
    _place, _closed, people = house
    seen = 0
    for person in people:
        mine = {one.pk: one for one in visible_to(person)}
        for one in Session.objects.select_related("network"):
            found = opened(one.network, person, one.pk)
            assert (found is not None) == (one.pk in mine)
            if found is None:
                continue
            seen += 1
            row = rows([mine[one.pk]], person)[0]
            assert found.row == row
            for name in ("cohort", "cadence", "facilitator"):
                mine_of, theirs = getattr(found.row.session, name), getattr(row.session, name)
                assert mine_of == theirs
                assert str(getattr(mine_of, "name", "")) == str(getattr(theirs, "name", ""))
            assert found.coming == coming(one)
            over = one.ends_at <= clock.now()
            assert found.asked == (0 if over else audience(mine[one.pk]).count())
    assert seen > 50


def test_no_session_is_opened_by_the_address_of_another_network(house):
    place, closed, people = house
    one = Session.objects.filter(network=closed).first()
    assert opened(closed, people[0], one.pk)
    assert opened(place, people[0], one.pk) is None


def test_what_is_next_for_somebody_is_what_the_models_say(house):
    _place, _closed, people = house
    now, found_some = clock.now(), set()
    for person in people:
        networks = list(Network.objects.filter(
            closed_at=None, memberships__person=person, memberships__until=None
        ))  # fmt: skip
        _gate, found = gate(person, networks, 4)
        ahead = list(invited_to(person).sure().ahead(now)[:4])
        assert [row.session for row in found.ahead] == ahead
        for mine, theirs in zip(found.ahead, rows(ahead, person), strict=True):
            assert (mine.reply, mine.coming) == (theirs.reply, theirs.coming)
            assert mine.may_answer == theirs.may_answer
            assert mine.session.facilitator == theirs.session.facilitator
        soon = invited_to(person).sure().filter(starts_at__range=(now, now + MONTH))
        away = Pause.objects.filter(person=person, ended_at=None).values("network")
        silent = soon.exclude(answers__person=person).exclude(network__in=away)
        wanted = list(silent.order_by("starts_at", "pk")[:4])
        assert found.unanswered == wanted
        found_some.add((bool(ahead), bool(wanted)))
    assert {(True, True), (False, False)} <= found_some


def test_rhythms_of_a_network_are_those_the_models_say(house):
    place, closed, people = house
    for network in (place, closed):
        for person in people:
            plainly = rhythms_visible_to(person).filter(network=network).running().order_by("pk")
            found = rhythms_of(network, person)
            assert found == list(plainly)
            assert [one.in_words for one in found] == [one.in_words for one in plainly]


def test_pages_of_sessions_keep_to_their_few_statements(signed_in, house):
    place, _closed, people = house
    client = signed_in(people[0])
    one = visible_to(people[0]).filter(network=place, state="planned").ahead(clock.now()).last()
    most = {
        one.get_absolute_url(): 3,  # one for what is agreed and open
        f"{place.get_absolute_url()}sessions/": 3,
    }
    for address, statements in most.items():
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= statements, [entry["sql"] for entry in seen]
