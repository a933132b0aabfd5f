"""What may help whoever put something up: at most three, each with its reason, and no guess in
anybody else's mail. And what people can be asked about."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.discussions import actions as talk
from networks.discussions.models import RoomKind
from networks.exchange import actions, queries
from networks.exchange.models import Entry, Topic
from networks.exchange.notices import digest_items
from networks.hosting.actions import move
from networks.membership.actions import leave, take_break
from networks.preferences.actions import choose
from peernet.lib import clock
from tests import cast

from .test_asks_and_offers import Place, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return Place()


def up(place, by, kind, title, words="Ring me.", tags=(), about="thing"):
    return actions.put_up(
        place.network, kind=kind, title=title, words=words, about=about, tags=list(tags), by=by
    )


def told(place, entry):
    """Titles and reasons, as its poster gets them."""
    return [(fit.title, fit.why) for fit in queries.fits(entry, place.ann)]


def test_a_shared_tag_fits_and_is_the_reason_also_when_it_is_only_nearly_the_same(place):
    ask = up(place, place.ann, "ask", "Our slates are loose", tags=["roof"])
    up(place, place.bo, "offer", "A steeplejack", tags=["roofs", "towers"])
    up(place, place.bo, "offer", "Cake", tags=["baking"])
    assert told(place, ask) == [("A steeplejack", "also tagged “roofs”")]
    page = place.get(place.ann, f"{ask.pk}/")
    assert "This may help" in page
    assert "also tagged “roofs”" in page
    assert "This may help" not in place.get(place.bo, f"{ask.pk}/")


def test_a_word_of_the_title_fits_whatever_its_form_and_common_words_do_not(place):
    ask = up(place, place.ann, "ask", "Help: a minibus for a day, please")
    up(place, place.bo, "offer", "Transport", words="We have two minibuses that rest on Fridays.")
    up(place, place.bo, "offer", "Help with accounts, for a day", words="We need nothing.")
    assert told(place, ask) == [("Transport", "Bo Dale offers: minibuses")]
    offer = Entry.objects.get(thread__title="Transport")
    assert [fit.why for fit in queries.fits(offer, place.bo)] == ["Ann Lee asks for: minibus"]


def test_at_most_three_and_the_best_first(place):
    ask = up(place, place.ann, "ask", "Shelves", tags=["furniture", "library"])
    for number in range(4):
        up(place, place.bo, "offer", f"Chairs {number}", tags=["furniture"])
    up(place, place.bo, "offer", "Both", tags=["furniture", "library"])
    for number in range(4, 6):
        up(place, place.bo, "offer", f"Chairs {number}", tags=["furniture"])
    assert [title for title, _why in told(place, ask)] == ["Both", "Chairs 5", "Chairs 4"]


def test_nothing_fits_from_elsewhere_from_a_trusted_room_from_oneself_or_of_the_past(place):
    ask = up(place, place.ann, "ask", "A harp", tags=["harp"])
    other = Place()
    up(other, other.bo, "offer", "Elsewhere", tags=["harp"])
    up(place, place.ann, "offer", "My own", tags=["harp"])
    trusted = talk.open_room(place.network, name="Rants", kind=RoomKind.TRUSTED, by=place.dan)
    move(up(place, place.bo, "offer", "Secret", tags=["harp"]).thread, trusted, by=place.dan)
    actions.end(up(place, place.bo, "offer", "Gone", tags=["harp"]), "not_met", by=place.bo)
    old = up(place, place.bo, "offer", "Run out", tags=["harp"])
    Entry.objects.filter(pk=old.pk).update(expires_at=clock.now() - timedelta(hours=1))
    left = cast.member(place.network, "Cy Gone")
    up(place, left, "offer", "Left", tags=["harp"])
    leave(place.network, by=left)
    assert told(place, ask) == []
    up(place, place.bo, "offer", "Here", tags=["harp"])
    assert [title for title, _why in told(place, ask)] == ["Here"]


def test_who_can_be_asked_about_it_is_named_to_whoever_asks(place):
    answer = browser(place.bo).post(
        f"/n/{place.network.slug}/ask-me-about/", {"topics": "Asbestos, cooperative rules"}
    )
    assert answer.url == f"/n/{place.network.slug}/people/{place.bo.pk}/"
    ask = up(place, place.ann, "ask", "Asbestos in our ceiling", about="help")
    assert told(place, ask) == [("Bo Dale", "says: ask me about “asbestos”")]
    offer = up(place, place.ann, "offer", "Asbestos survey")
    assert told(place, offer) == []
    leave(place.network, by=place.bo)
    assert told(place, ask) == []


def test_topics_stand_in_the_list_of_people_and_are_found_there(place):
    actions.set_topics(place.network, ["bid writing"], by=place.bo)
    people = f"/n/{place.network.slug}/people/"
    page = browser(place.ann).get(people).content.decode()
    assert "Ask me about: bid writing" in page
    found = browser(place.ann).get(people + "?q=bid").content.decode()
    assert "Bo Dale" in found
    assert "Ann Lee</a>" not in found
    assert "bid writing" in browser(place.ann).get(f"{people}{place.bo.pk}/").content.decode()
    other = cast.network("Pubs")
    cast.member(other, person=place.bo)
    nosy = cast.member(other, "Nosy")
    assert "bid writing" not in browser(nosy).get(f"/n/{other.slug}/people/").content.decode()
    too_many = {"topics": "a, b, c, d, e, f"}
    answer = browser(place.bo).post(f"/n/{place.network.slug}/ask-me-about/", too_many)
    assert answer.status_code == 422
    assert Topic.objects.filter(network=place.network).count() == 1


def test_a_guess_is_mailed_to_nobody_but_whoever_asks_and_only_once_a_week(place):
    ask = up(place, place.ann, "ask", "A minibus", tags=["minibus"])
    offer = up(place, place.bo, "offer", "Our bus", tags=["minibus"])
    since, until = clock.now() - timedelta(days=7), clock.now()
    first = digest_items(place.ann, since, until)
    assert [(one.title, one.note) for one in first] == [
        ("For your ask “A minibus”: Our bus", "also tagged “minibus”")
    ]
    assert first[0].address.endswith(f"/exchange/{offer.pk}/")
    assert [one.title for one in digest_items(place.bo, since, until)] == ["Ask: A minibus"]
    assert digest_items(place.ann, until, until + timedelta(days=7)) == []
    actions.end(ask, "met_elsewhere", by=place.ann)
    assert [one.title for one in digest_items(place.ann, since, until)] == ["Offer: Our bus"]


def test_what_fits_costs_the_same_however_much_there_is(place):
    ask = up(place, place.ann, "ask", "A minibus", tags=["minibus"])

    def statements():
        cache.clear()
        with CaptureQueriesContext(connection) as seen:
            assert queries.fits(Entry.objects.told().get(pk=ask.pk), place.ann)
        return len(seen)

    for number in range(3):
        up(place, place.bo, "offer", f"Bus {number}", words="A minibus")
    few = statements()
    for number in range(30):
        up(place, place.bo, "offer", f"Van {number}", words="Not a minibus, but nearly")
        actions.set_topics(place.network, ["minibus"], by=cast.member(place.network, f"P {number}"))
    assert statements() == few


def met_before(place, title, *, by=None, named=True, tags=("roof",)):
    """An ask of somebody else's that Bo met, who agreed to be named (or did not)."""
    eve = by or cast.member(place.network, "Eve Asked")
    entry = up(place, eve, "ask", title, tags=tags)
    actions.end(entry, "met_here", met_by=place.bo, by=eve)
    actions.answer_named(entry, "yes" if named else "no", by=place.bo)
    return entry


def looked(place, **said):
    """The page that is shown to Ann who looks first, before she puts anything up."""
    typed = {"kind": "ask", "title": "Slates", "text": "", "tags": "roof", "about": "thing"}
    address = f"/n/{place.network.slug}/exchange/new/"
    page = browser(place.ann).post(address, typed | {"look": "yes"} | said)
    assert page.status_code == 200
    return page.content.decode()


def test_who_helped_before_is_named_with_the_reason_if_they_agreed_to_be(place):
    old = met_before(place, "Tiles slipped", named=False)
    ask = up(place, place.ann, "ask", "Our slates are loose", tags=["roofs"])
    assert told(place, ask) == []
    actions.answer_named(old, "yes", by=place.bo)
    assert told(place, ask) == [("Bo Dale", "helped before with “Tiles slipped”")]


def test_who_takes_a_break_or_would_rather_not_is_suggested_in_no_way(place):
    met_before(place, "Tiles slipped")
    actions.set_topics(place.network, ["roof"], by=place.bo)
    offer = up(place, place.bo, "offer", "A ladder for roofs", tags=["roof"])
    ask = up(place, place.ann, "ask", "Our slates are loose", tags=["roof"])
    assert {title for title, _why in told(place, ask)} == {"A ladder for roofs", "Bo Dale"}
    choose(place.bo, place.network, suggest=False, by=place.bo)
    assert told(place, ask) == []
    assert "Bo Dale" not in looked(place)
    choose(place.bo, place.network, suggest=True, by=place.bo)
    take_break(place.network, back_on=None, words="", by=place.bo)
    assert told(place, ask) == []
    assert queries.visible_to(place.ann, place.network).filter(pk=offer.pk).exists()


def test_one_can_look_who_could_help_before_one_asks_and_loses_nothing_typed(place):
    actions.set_topics(place.network, ["asbestos"], by=place.bo)
    up(place, place.bo, "offer", "A steeplejack", tags=["roofs"])
    page = looked(place, title="Asbestos above the hall", text="Two sheets.", weeks="8")
    assert "also tagged “roofs”" in page
    assert "says: ask me about “asbestos”" in page
    for kept in ("Asbestos above the hall", "Two sheets.", 'value="roof"', 'value="8" selected'):
        assert kept in page
    assert not Entry.objects.filter(by=place.ann).exists()
    assert "Nothing and nobody here stands out" in looked(place, title="Xylophones", tags="")
    assert "There is a problem" not in looked(place, title="", tags="")
