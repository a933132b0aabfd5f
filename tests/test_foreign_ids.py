"""A thing of another network and a thing that does not exist give the same answer: the same status,
the same length and the same headers, wherever its id stands: in the address, behind the "?", or in
a form. So nobody can count what is there, and nothing foreign is taken where an id is sent.
"""

import inspect
import re
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.urls import get_resolver, resolve, reverse

from networks.discussions.models import Room
from networks.drafts.models import Draft
from networks.membership.models import Membership
from networks.network.models import Cohort
from peernet.lib import clock
from tests.declared import PAGES
from tests.elsewhere import elsewhere
from tests.networks.files.things import PDF, stored
from tests.pages import DONE, OK, ROLES
from tests.rows.stewards import willing

pytestmark = pytest.mark.django_db
TOLD = ("Location", "HX-Redirect", "HX-Location", "HX-Trigger", "Content-Type", "Cache-Control",
        "Vary", "X-Robots-Tag", "Content-Disposition", "Set-Cookie")  # fmt: skip
# Behind the "?" and in forms read by hand: what the word names in the other network. None: no id.
NAMED = {
    "after": lambda other: other.post.pk,
    "before": lambda other: other.post.pk,
    "cohort": lambda other: _cohort(other.place),
    "candidate": lambda other: willing(other).pk,
    "draft": lambda other: other.draft.pk,
    "ended": lambda other: other.place.seats.get().holdings.first().pk,
    "gone": lambda other: other.paper.pk,
    "in": lambda other: other.place.slug,
    "kept": lambda other: other.paper.pk,
    "network": lambda other: other.place.slug,
    "person": lambda other: other["member"].pk,
    "quote": lambda other: other.post.pk,
    "removed": lambda other: other["member"].pk,
    "room": lambda other: other.room.pk,
    "seen": lambda other: other.post.pk,
    "spell": lambda other: other.spell.pk,
    "tag": lambda other: "ladder",
    "thread": lambda other: other.thread.pk,
    "withdrawn": lambda other: other.invitation.pk,
}
NO_ID = {
    "about", "accepts", "action", "again", "agrees", "answer", "apart", "back",
    "csrfmiddlewaretoken", "deed", "described", "do", "door", "email", "kind", "look", "mark",
    "next", "of", "on", "outcome", "page", "press", "purpose", "q", "remove", "reply", "said",
    "shares", "show", "sort", "state", "step", "text", "title", "to", "version",
}  # fmt: skip
ASKED = re.compile(r"(?:GET|POST)(?:\.get|\.getlist)?[\(\[]\"(\w+)\"")
TOKEN = 20  # letters
# Lists of one's own deeds, read on from a number: it names a row of theirs or of nobody's.
READ_ON = {
    "log": {"before"}, "operate_log": {"before"}, "operate_networks": {"before"},
    "operate_people": {"before"},
    "import_check": {"after"},  # a row of the sheet
}  # fmt: skip
# Where the same word names another kind of thing.
NAMED_THERE = {
    ("sessions", "after"): lambda other: other.session.pk,
    ("people", "after"): lambda other: other["member"].pk,
    ("link_people", "after"): lambda other: other["member"].pk,
    ("people_on", "after"): lambda other: other["member"].pk,
    ("organisations", "after"): lambda other: other.place.seats.get().organisation_id,
}
# In these an id stands of which its reader may know everything: whoever runs the place.
OPERATORS = {page.name for page in PAGES if "operate" in page.name}


@pytest.fixture(scope="module")
def other(house, django_db_blocker):
    """The other network's things, and some that no address names."""
    with django_db_blocker.unblock():
        found = elsewhere(house)
        author, mine = found["member"], {"network": found.place, "thread": found.thread}
        found.draft = Draft.objects.create(person=author, text="Half", box=uuid4(), **mine)
        found.paper = stored(found.post, author, PDF, "paper.pdf")
        found.spell = Membership.objects.filter(network=found.place).first()
        for place, name in ((house.place, "Ours"), (found.place, "Theirs")):
            Cohort.objects.create(network=place, name=name, starts_on="2026-01-01")
        Room.objects.create(network=house.place, name="Another")
        return found


def _cohort(place):
    starts = clock.today(place.zone)
    return place.cohorts.get_or_create(name="Elsewhere", defaults={"starts_on": starts})[0].pk


def answer(client, method, address, data=None):
    """What there is to tell two answers apart by; its effects are taken back."""
    with transaction.atomic():
        got = getattr(client, method)(address, data or {})
        transaction.set_rollback(True)
    said = [re.sub(r"\d+|sessionid=\w+", "", got.headers.get(name, "")) for name in TOLD]
    return got.status_code, len(got.getvalue()), said


def at_one_moment(answers):
    """Each of them asked for as if no time had passed: a page says how many minutes ago it was."""
    moment = clock.now()
    while True:
        clock.travel(moment)
        try:
            yield next(answers)
        except StopIteration:
            return


def never(thing):
    """An id or a word of the same length that nothing has."""
    return 10 ** len(str(thing)) - 1 if isinstance(thing, int) else "x" * len(thing)


def who_may(page):
    """Everybody who may see the page or press its button, one of each kind."""
    allowed = [*(page.get or {}).items(), *(page.post or {}).items()]
    return [role for role in ROLES if (role, OK) in allowed or (role, DONE) in allowed][:1]


def methods(page):
    return [name for name, there in (("get", page.get), ("post", page.post)) if there]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name not in OPERATORS], ids=lambda page: page.name
)
def test_an_id_of_elsewhere_is_as_unknown_as_one_of_nothing(page, house, other):
    mine, foreign = page.args(house), page.args(other)
    wrong = []
    for at, thing in enumerate(foreign):
        if thing == mine[at] or len(str(thing)) > TOKEN:
            continue  # the same; or the secret of a mail, which is there to be used
        for role in [*who_may(page), "outsider"]:
            if role == "anonymous":
                continue  # asked to sign in before anything is looked up
            client = house.browser(role)
            for method in methods(page):
                asked = [(*mine[:at], one, *mine[at + 1 :]) for one in (thing, never(thing))]
                paths = [reverse(page.name, args=args) for args in asked]
                there, nowhere = at_one_moment(answer(client, method, path) for path in paths)
                if there != nowhere:
                    wrong.append((role, method, at, there, nowhere))
    assert not wrong, (page.name, wrong)


def asked_of(page):
    """The words that the view's module reads behind the "?" or from a form."""
    view = inspect.unwrap(resolve(reverse_any(page)).func)
    return set(ASKED.findall(inspect.getsource(inspect.getmodule(view))))


def reverse_any(page):
    """Some address of the page: its view is the same whatever the ids."""
    [(pattern, names)] = get_resolver().reverse_dict.getlist(page.name)[0][0]
    values = {name: "1" if "pk" in name or name == "number" else "a" for name in names}
    return "/" + pattern % values


def test_every_word_that_a_view_asks_for_is_known_here():
    """A new one joins: say above what it names, or that it is no id."""
    unknown = {word for page in PAGES for word in asked_of(page)} - set(NAMED) - NO_ID
    assert not unknown, sorted(unknown)


@pytest.mark.parametrize("page", [page for page in PAGES if page.get and who_may(page)],
                         ids=lambda page: page.name)  # fmt: skip
def test_an_id_behind_the_question_mark_opens_nothing_of_elsewhere(page, house, other):
    (role,) = who_may(page)
    client, address = house.browser(role), reverse(page.name, args=page.args(house))
    client.get(address)  # a first visit moves the mark of what was read
    for word in asked_of(page) & set(NAMED) - READ_ON.get(page.name, set()):
        thing = NAMED_THERE.get((page.name, word), NAMED[word])(other)
        there, nowhere = at_one_moment(
            answer(client, "get", f"{address}?{word}={one}") for one in (thing, never(thing))
        )
        assert there == nowhere, (page.name, word, there, nowhere)


def choices(client, address):
    """The fields of the page's forms that ask to choose a thing by its id."""
    page = BeautifulSoup(client.get(address).content, "html.parser")
    for field in page.select(
        "main select[name], main input[type=radio], main input[type=checkbox]"
    ):
        values = [one.get("value", "") for one in field.select("option")] or [field.get("value")]
        if any(str(value).isdigit() for value in values):
            yield field["name"]


THINGS = {
    "met_by": lambda other: other["member"].pk,
    "on_behalf": lambda other: other.place.seats.get().organisation_id,
    "cohort": lambda other: Cohort.objects.get(network=other.place).pk,
    "facilitator": lambda other: other["member"].pk,
    "pack-file": lambda other: other.paper.pk,
    "pack-person": lambda other: other["member"].pk,
    "pack-thread": lambda other: other.thread.pk,
    "people": lambda other: other["member"].pk,
    "room": lambda other: other.room.pk,
    "who": lambda other: other["member"].pk,
}
# Numbers to choose from that are no ids: a colour, an hour, an answer, a column of a sheet.
NUMBERS = {
    "answers", "attendance", "invitations", "left", "requests", "talk",  # months things are kept
    "accent", "answer", "every", "minutes", "press", "rhythm", "shared", "shares", "sheet",
    "weekly_day", "weekly_hour", "email", "first_name", "last_name", "name", "organisation",
    "heading", "region", "role", "size", "weeks", "place_level", "about_level", "pronouns_level",
    "languages_level", "link_level", "phone_level", "email_level",
}  # fmt: skip


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.get and page.post and who_may(page)],
    ids=lambda page: page.name,
)  # fmt: skip
def test_a_form_refuses_a_choice_of_elsewhere_like_one_that_is_not_there(page, house, other):
    role = next((one for one, said in page.post.items() if said in (DONE, OK)), "member")
    client, address = house.browser(role), reverse(page.name, args=page.args(house))
    for name in sorted({*choices(client, address)}):
        chosen = re.sub(r"-\d+$", "", name)  # "who-3": of the third row
        if chosen in NUMBERS:
            continue
        assert chosen in THINGS, f"say in THINGS what {name!r} on {page.name} chooses, or NUMBERS"
        thing = THINGS[chosen](other)
        there, nowhere = at_one_moment(
            answer(client, "post", address, page.data(house) | {name: one})
            for one in (thing, never(thing))
        )
        assert there == nowhere, (page.name, name, there, nowhere)
        assert there[0] in (422, 404, 403, 200), (page.name, name, there)
