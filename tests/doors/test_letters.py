"""Every link of every kind of letter: looking changes nothing, and it opens for its reader."""

import ast
import re
from html import unescape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.test import Client
from icalendar import Calendar

from members.notices.models import Notice, NoticeState
from members.notices.notices import kinds
from members.people.actions import choose_times
from members.people.models import Person
from networks.preferences import queries
from networks.preferences.actions import choose
from networks.preferences.rules import REMINDERS
from peernet.lib import clock
from sessions.cadence.models import Session
from tests import cast, kept, letters

pytestmark = pytest.mark.django_db
HOUSE = Path(__file__).resolve().parents[2]
STORIES = letters.NOTICES | letters.PAST_THE_OUTBOX
OURS = re.compile(re.escape(settings.SITE_URL) + r"/[^\s<>\"]*")
# Who may make a letter: the outbox, codes, and the watch. Each is in tests/letters.py.
WRITERS = {"members/notices/actions.py", "members/people/actions.py", "peernet/watch.py"}
# What a signed-in reader moves by reading, and nothing else: how far they have read.
READ_MARKS = {"networks_readmark", "counter networks_readmark_id_seq"}
WITHOUT_LINKS = {"sign_in_code", "address_code"}  # a code is typed in, never pressed


def test_every_kind_of_letter_has_its_story():
    assert set(letters.NOTICES) == set(kinds()), "give each kind a story in tests/letters.py"


def test_nobody_else_writes_letters():
    """Whoever sends past the outbox needs a story, too: add both."""
    wings = ["members", "networks", "sessions", "evaluation", "peernet"]
    sending = {"compose", "send_mail", "send_mass_mail", "mail_admins", "EmailMultiAlternatives"}
    found = set()
    for path in (path for wing in wings for path in (HOUSE / wing).rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if type(node) is ast.Call]
        named = {getattr(one.func, "attr", getattr(one.func, "id", "")) for one in calls}
        if named & sending:
            found.add(str(path.relative_to(HOUSE)))
    assert found - {"peernet/lib/mail.py"} == WRITERS


def links(message):
    """Every address of ours in a letter: both texts, what mail programs read, and its calendar."""
    texts = [message.body, *message.extra_headers.values()]
    found = set()
    for part in message.alternatives:
        if part.mimetype == "text/html":
            soup = BeautifulSoup(part.content, "html.parser")
            texts += [one[name] for name in ("href", "src") for one in soup.select(f"[{name}]")]
        else:
            texts += [str(value) for one in Calendar.from_ical(part.content).walk()
                      for value in one.values()]  # fmt: skip
    for text in texts:
        found.update(unescape(one).rstrip(".,)") for one in OURS.findall(text))
    return sorted(one.removeprefix(settings.SITE_URL) for one in found)


def reader(address):
    """The browser of whoever has this address: they may have to make their account first."""
    person = Person.objects.filter(email__iexact=address).first() or cast.person(email=address)
    return letters.signed_in(person)


def looked_at(paths):
    """What changes when nobody in particular looks at these, as scanners of mail do."""
    before, carried = kept.everything(settings.MEDIA_ROOT), kept.carried()
    for path in paths:
        for method in ("get", "head"):
            answer = getattr(Client(), method)(path)
            assert answer.status_code in (200, 302), (method, path)
    assert kept.carried() == carried, "whoever only looks is given no session"
    return kept.changed(before, kept.everything(settings.MEDIA_ROOT))


def in_many_roles(house):
    """The coordinator leads the session, too, and sits for the funder."""
    dan = house["coordinator"]
    house.programme.funder.seats.create(email=dan.email, person=dan, since=clock.now())
    Session.objects.filter(pk=house.session.pk).update(facilitator=dan)


def for_one_reader(sent):
    """One envelope, one address, nobody else's inside; and nobody gets the same twice."""
    assert len({(*one.to, one.subject, one.body) for one in sent}) == len(sent)
    everybody = set(Person.objects.values_list("email", flat=True))
    for one in sent:
        assert (len(one.to), one.cc, one.bcc) == (1, [], [])
        raw = one.message().as_string().replace("=\n", "")
        assert [address for address in everybody - set(one.to) if address in raw] == []


@pytest.mark.parametrize("kind", STORIES)
def test_each_letter_is_for_one_reader_and_its_links_only_open(house, kind):
    in_many_roles(house)
    sent = letters.sent(STORIES[kind], house)
    assert sent, f"the story of {kind} ends without a letter"
    if kind in letters.NOTICES:
        assert Notice.objects.filter(kind=kind, state=NoticeState.SENT).exists()
    for_one_reader(sent)
    pairs = [(message.to[0], path) for message in sent for path in links(message)]
    assert pairs or kind in WITHOUT_LINKS, "a letter without a way on"
    assert looked_at({path for _to, path in pairs}) == set()
    browsers = {to: reader(to) for to, _path in pairs}
    before, carried = kept.everything(settings.MEDIA_ROOT), kept.carried()
    for to, path in pairs:
        assert browsers[to].get(path, follow=True).status_code == 200, (kind, path)
    assert kept.changed(before, kept.everything(settings.MEDIA_ROOT)) <= READ_MARKS
    assert kept.carried_anew(carried, kept.carried()) <= {"here"}


# What one can switch off, and what must be told as long as one is a member.
STOPPABLE = {"digest", "post", "reminder", "second_person"}
BY_ITS_OWN_LINK = {"survey", "survey_reminder"}  # tests/evaluation/surveys
MUST_BE_TOLD = {
    "network_archive", "charter_review", "charter_waits", "consent_again",
    "keeping_begins", "keeping_soon",
    "succession", "succession_over", "succession_stands",
    "account_changed", "own_data", "invitation", "invitation_ends", "invitation_wanted",
    "nomination", "nomination_answer", "funder_seat", "grant_shared", "network_closed",
    "network_opened", "request", "request_said", "request_answer",
    "welcome_back", "funding_ended", "series",
    "series_changed", "series_ended", "session", "session_changed", "session_cancelled",
    "session_message", "link_asked", "link_answer", "link_gives", "link_ended",
    "derived_welcome", "derived_goodbye", "request_waits", "request_slow", "request_above",
    "entry_runs_out", "entry_met", "call_asked", "call_agreed", "cohort_welcome",
    "introduction_asked", "introduction_met",
    "handover_leaver", "handover_successor", "handover_nobody",
}  # fmt: skip


def test_who_switched_everything_off_gets_what_must_be_told_and_nothing_else(house):
    assert set(kinds()) == STOPPABLE | BY_ITS_OWN_LINK | MUST_BE_TOLD, "say which the new one is"
    off = {"talk": "nothing", "ask_second": False, **dict.fromkeys(REMINDERS, False)}
    readers = {house["member"], house["facilitator"], house["coordinator"]}
    for kind in sorted(STOPPABLE):
        with transaction.atomic():
            on = letters.sent(STORIES[kind], house)
            transaction.set_rollback(True)
        clock.travel(None)
        assert on, "it goes while it is wanted"
        with transaction.atomic():
            for one in readers:
                choose(one, house.place, **off, by=one)
            Person.objects.update(weekly=False)
            Notice.objects.filter(kind=kind).delete()
            assert [one.subject for one in letters.sent(quietly(kind), house)] == []
            transaction.set_rollback(True)
        clock.travel(None)


def quietly(kind):
    """The same story, but that nobody asks for each post in it."""
    return letters.thread_that_nobody_asked_for if kind == "post" else STORIES[kind]


# --- The guard itself ----------------------------------------------------------------------------


def stops_when_looked_at(get_response):
    """A planted fault: the link that stops a mail acts already when it is fetched."""

    def answer(request):
        found = queries.named_by_stop(request.path.split("/")[-2]) if request.path != "/" else None
        if found:
            choose_times(found.person, weekly=False, by=found.person)
        return get_response(request)

    return answer


def test_a_link_that_acts_when_it_is_fetched_is_found_out(house, settings):
    paths = [path for one in letters.sent(letters.digest, house) for path in links(one)]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.stops_when_looked_at"]
    assert "members_person" in looked_at(paths)


def test_what_is_kept_is_seen_to_change(house, tmp_path):
    """Also where as many rows as before are left: by a word, a gap in the numbers, a file."""
    before = kept.everything(tmp_path)
    assert kept.changed(before, kept.everything(tmp_path)) == set()
    house.place.rooms.update(name="Elsewhere")
    house.place.rooms.create(name="Gone at once").delete()
    (tmp_path / "file").write_text("words")
    mail.outbox.append(mail.EmailMessage("A letter"))
    assert kept.changed(before, kept.everything(tmp_path)) == {
        "networks_room", "counter networks_room_id_seq", f"file {tmp_path}/file",
        "letters that left",
    }  # fmt: skip
