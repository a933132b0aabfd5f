"""Asking and offering through the pages: put up, found, kept, ended with what came of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from members.digest.rules import Item
from members.notices.actions import send_due
from networks.discussions import actions as talk
from networks.discussions.models import RoomKind
from networks.discussions.notices import digest_items as talk_items
from networks.exchange import actions, queries
from networks.exchange.models import Entry
from networks.exchange.notices import digest_items
from networks.exchange.rules import tags_of
from networks.exchange.tasks import tick_exchange
from networks.hosting.actions import move
from networks.membership.actions import leave
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SAID = {"title": "A minibus for a day", "words": "To the sea and back.", "about": "thing"}


class Place:
    """A network with Ann, Bo and their coordinator Dan."""

    def __init__(self):
        self.network = cast.network("Libraries")
        self.ann = cast.member(self.network, "Ann Lee", organisation="Octopus Centre")
        self.bo = cast.member(self.network, "Bo Dale")
        self.dan = cast.coordinator(self.network)

    def put_up(self, by=None, kind="ask", tags=("minibus",), **said):
        by = by or self.ann
        return actions.put_up(self.network, kind=kind, tags=list(tags), by=by, **SAID | said)

    def get(self, person, path=""):
        return browser(person).get(f"/n/{self.network.slug}/exchange/{path}").content.decode()

    def post(self, person, path, **data):
        return browser(person).post(f"/n/{self.network.slug}/exchange/{path}", data)


def browser(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def place():
    return Place()


def again(entry):
    return Entry.objects.get(pk=entry.pk)


def later(**length):
    clock.travel(clock.now() + timedelta(**length))


def letters():
    mail.outbox.clear()
    send_due()
    return {(one.to[0], one.subject): one.body for one in mail.outbox}


# --- Putting up, and where it is met -------------------------------------------------------------


def test_a_member_asks_on_behalf_of_their_organisation_and_the_thread_is_the_place_to_answer(place):
    body = place.ann.affiliations.get().organisation
    typed = {
        "kind": "ask", "title": "A minibus", "text": "To the *sea*", "about": "thing",
        "tags": "Minibus, #Outing, minibus", "on_behalf": body.pk, "weeks": "4",
    }  # fmt: skip
    answer = place.post(place.ann, "new/", **typed)
    entry = Entry.objects.get()
    assert answer.url == f"/n/{place.network.slug}/exchange/{entry.pk}/"
    assert [tag.word for tag in entry.tags.all()] == ["minibus", "outing"]
    assert (entry.thread.title, entry.thread.room.kind) == ("A minibus", RoomKind.OPEN)
    assert entry.expires_at - entry.made_at == pytest.approx(
        timedelta(weeks=4), abs=timedelta(minutes=5)
    )
    page = place.get(place.bo, f"{entry.pk}/")
    assert "To the <em>sea</em>" in page
    assert "Octopus Centre" in page
    assert "Answer in the thread" in page
    assert "Say what came of it" not in page
    thread = browser(place.bo).get(f"/n/{place.network.slug}/talk/{entry.pk}/").content.decode()
    assert f'href="/n/{place.network.slug}/exchange/{entry.pk}/"' in thread
    front = browser(place.bo).get(f"/n/{place.network.slug}/").content.decode()
    assert "A minibus" in front


def test_the_same_form_sent_twice_makes_one(place):
    typed = {"kind": "offer", "title": "A van", "text": "On Tuesday", "about": "thing", "weeks": 4}
    key = {"once": "0b1c7f0e-7d4d-4a7e-9d8e-111111111111"}
    for _press in range(2):
        place.post(place.ann, "new/", **typed, **key)
    assert Entry.objects.count() == 1


def test_nobody_speaks_for_an_organisation_of_others(place):
    with pytest.raises(Refused, match="belong to"):
        place.put_up(by=place.bo, organisation=place.ann.affiliations.get().organisation)
    assert not Entry.objects.exists()


def test_tags_are_small_each_once_and_without_marks():
    assert tags_of("Roof, #Mini  bus,roof,, ,ÉTÉ.") == ["roof", "mini bus", "été"]


# --- The list ------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_kind_subject_tag_state_and_words(place):
    place.put_up(title="A minibus for a day")
    place.put_up(by=place.bo, kind="offer", title="Accounts", words="I read balance sheets",
                 about="help", tags=["money", "advice"])  # fmt: skip
    ended = place.put_up(title="A ladder")
    actions.end(ended, "not_needed", by=place.ann)

    def shown(query):
        page = place.get(place.dan, query)
        return [t for t in ("A minibus for a day", "Accounts", "A ladder") if f">{t}</a>" in page]

    assert shown("") == ["A minibus for a day", "Accounts"]
    assert shown("?kind=offer") == ["Accounts"]
    assert shown("?about=thing") == ["A minibus for a day"]
    assert shown("?tag=Money") == ["Accounts"]
    assert shown("?q=reading+balance") == ["Accounts"]  # by stems, in its words
    assert shown("?show=over") == ["A ladder"]
    assert shown("?show=mine&q=ladders") == []
    assert "Nothing like that" in place.get(place.dan, "?q=zebra")


def test_the_list_goes_on_from_where_the_page_ended(place):
    for number in range(27):
        place.put_up(title=f"Ask {number}")
    first = place.get(place.bo)
    assert "Ask 26" in first
    assert "Ask 2<" in first
    assert "Ask 1<" not in first
    onward = first.split('rel="next"')[1].split('href="')[1].split('"')[0]
    rest = browser(place.bo).get(onward).content.decode()
    assert "Ask 1<" in rest
    assert "Ask 0<" in rest
    assert "Ask 2<" not in rest


def test_what_was_moved_to_a_trusted_room_is_no_ask_any_more(place):
    entry = place.put_up()
    trusted = talk.open_room(place.network, name="Rants", kind=RoomKind.TRUSTED, by=place.dan)
    move(entry.thread, trusted, by=place.dan)
    assert SAID["title"] not in place.get(place.bo)
    assert "Used here" not in place.get(place.bo, "new/")  # nor are its tags
    assert browser(place.bo).get(f"/n/{place.network.slug}/exchange/{entry.pk}/").status_code == 404
    assert entry.pk not in [one.pk for one in queries.newest(place.network, place.bo)]


def test_what_somebody_asked_leaves_the_list_with_them(place):
    place.put_up(by=place.bo)
    leave(place.network, by=place.bo)
    assert SAID["title"] not in place.get(place.ann)


# --- Until when ----------------------------------------------------------------------------------


def test_before_it_runs_out_its_poster_is_asked_once_and_one_press_keeps_it(place):
    entry = place.put_up()
    later(days=25)
    tick_exchange()
    tick_exchange()
    sent = letters()
    assert [to for to, _subject in sent] == [place.ann.email]
    assert "Do you still need this?" in str(sent)
    assert SAID["title"] in str(sent)
    place.post(place.ann, f"{entry.pk}/keep/")
    later(days=20)
    assert SAID["title"] in place.get(place.bo)
    tick_exchange()
    assert not letters()  # eight days are left
    later(days=9)
    assert SAID["title"] not in place.get(place.bo)
    assert "run out" in place.get(place.ann, f"{entry.pk}/")
    place.post(place.ann, f"{entry.pk}/keep/")
    assert SAID["title"] in place.get(place.bo)


def test_a_letter_that_asks_is_not_sent_once_it_was_answered(place):
    entry = place.put_up()
    later(days=25)
    tick_exchange()
    actions.end(entry, "met_elsewhere", by=place.ann)
    assert not letters()


# --- What came of it -----------------------------------------------------------------------------


def test_it_ends_with_one_of_four_outcomes_or_not_at_all(place):
    entry = place.put_up()
    answer = place.post(place.ann, f"{entry.pk}/end/")
    assert answer.status_code == 422
    assert "Choose an answer" in answer.content.decode()
    with pytest.raises(Refused, match="what came of it"):
        actions.end(entry, "", by=place.ann)
    for state, outcome in (("met", ""), ("met", "not_met"), ("withdrawn", "met_here")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.filter(pk=entry.pk).update(
                state=state, outcome=outcome, ended_at=clock.now()
            )
    for outcome, state in (("met_here", "met"), ("met_elsewhere", "met"),
                           ("not_needed", "withdrawn"), ("not_met", "withdrawn")):  # fmt: skip
        place.post(place.ann, f"{entry.pk}/end/", outcome=outcome)
        assert (again(entry).state, again(entry).outcome) == (state, outcome)
        page = browser(place.ann)
        page.post(f"/n/{place.network.slug}/exchange/{entry.pk}/reopen/")
        assert (again(entry).state, again(entry).outcome) == ("open", "")


def test_who_met_it_is_named_only_once_they_agree(place):
    entry = place.put_up()
    talk.reply(entry.thread, words="Take ours", by=place.bo)
    actions.set_talk(entry, talking=True, by=place.ann)
    letters()
    place.post(place.ann, f"{entry.pk}/end/", outcome="met_here", met_by=place.bo.pk)
    assert again(entry).met_by == place.bo
    assert "Bo Dale" not in place.get(place.dan, f"{entry.pk}/")
    (asked,) = letters().items()
    assert asked[0] == (place.bo.email, "[Libraries] May we name you? A minibus for a day")

    place.post(place.bo, f"{entry.pk}/named/", answer="yes")
    assert "Bo Dale" in place.get(place.dan, f"{entry.pk}/")
    place.post(place.bo, f"{entry.pk}/named/", answer="no")
    assert "Bo Dale" not in place.get(place.dan, f"{entry.pk}/")
    place.post(place.bo, f"{entry.pk}/named/", answer="wrong")
    assert again(entry).met_by is None
    assert place.post(place.bo, f"{entry.pk}/named/", answer="yes").status_code == 403


def test_somebody_who_did_not_write_is_found_by_their_name(place):
    entry = place.put_up()
    wrong = place.post(place.ann, f"{entry.pk}/end/", outcome="met_here", name="Bo Nobody")
    assert wrong.status_code == 422
    assert "Nobody here is called" in wrong.content.decode()
    place.post(place.ann, f"{entry.pk}/end/", outcome="met_here", name="bo dale")
    assert again(entry).met_by == place.bo


def test_only_its_poster_ends_it(place):
    entry = place.put_up()
    for path in ("end/", "keep/", "reopen/", "in-talk/", "edit/"):
        assert place.post(place.dan, f"{entry.pk}/{path}", outcome="not_met").status_code == 403


# --- The weekly mail, and the list to keep -------------------------------------------------------


def told(section, person):
    return section(person, clock.now() - timedelta(days=7), clock.now())


def test_the_weekly_mail_tells_what_still_stands_and_tells_it_once(place):
    stands, ran_out = place.put_up(), place.put_up(title="Tomorrow: a hand", weeks=1)
    ended = place.put_up(title="A ladder")
    actions.end(ended, "met_elsewhere", by=place.ann)
    later(days=5)
    Entry.objects.filter(pk=ran_out.pk).update(expires_at=clock.now() - timedelta(hours=1))
    (item,) = told(digest_items, place.bo)
    assert isinstance(item, Item)
    assert item.title == f"Ask: {SAID['title']}"
    assert item.address.endswith(f"/exchange/{stands.pk}/")
    # The thread's own part of the mail keeps quiet about the words of asks, until one is answered.
    assert told(talk_items, place.bo) == []
    talk.reply(stands.thread, words="Take ours", by=place.dan)
    assert ["1 new post" in one.note for one in told(talk_items, place.bo)] == [True]
    assert told(digest_items, place.ann) == []
    place.get(place.bo, f"{stands.pk}/")
    assert told(digest_items, place.bo) == []


def test_the_list_to_keep_names_who_agreed_and_leaves_a_trace(place):
    entry = place.put_up(title="=A minibus")
    actions.end(entry, "met_here", met_by=place.bo, by=place.ann)
    lines = place.post(place.dan, "export/").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'=A minibus" in lines[1]
    assert "Bo Dale" not in lines[1]
    actions.answer_named(entry, "yes", by=place.bo)
    assert "Bo Dale" in place.post(place.dan, "export/").content.decode()
    log = browser(place.ann).get(f"/n/{place.network.slug}/log/").content.decode()
    assert "downloaded the list of asks and offers" in log


def test_coordinators_see_how_many_were_put_up_and_met_in_each_month(place):
    clock.travel(datetime(2026, 3, 31, 22, 30, tzinfo=UTC))  # in London it is the 31st, too, 23:30
    first = place.put_up()
    place.put_up(by=place.bo, kind="offer", title="A van")
    hidden = place.put_up(title="Somebody to talk to")
    trusted = talk.open_room(place.network, name="Rants", kind=RoomKind.TRUSTED, by=place.dan)
    move(hidden.thread, trusted, by=place.dan)
    later(hours=1)  # there it is April
    actions.end(first, "met_elsewhere", by=place.ann)
    actions.end(place.put_up(), "not_met", by=place.ann)
    assert queries.by_month(place.network) == [
        (date(2026, 4, 1), 1, 0, 1), (date(2026, 3, 1), 1, 1, 0),
    ]  # fmt: skip
    page = browser(place.dan).get(f"/n/{place.network.slug}/figures/").content.decode()
    assert "1 is open now." in page
    assert "/figures/asks-met/" in page
