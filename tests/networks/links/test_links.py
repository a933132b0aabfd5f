"""Two networks stand together: proposed, agreed, chosen, ended; never in a circle."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from members.notices.actions import send_due
from networks.links import actions, queries
from networks.links.models import Flow, Link
from networks.links.rules import ABOVE, BELOW, BESIDE, FACTS, FIGURES, GIVES, MONEY, SESSIONS
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast
from tests.rows.links import stand

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return cast.network("Builders", slug="builders")


@pytest.fixture
def dan(ours):
    return cast.coordinator(ours)


@pytest.fixture
def theirs():
    return cast.network("Libraries", slug="libraries")


@pytest.fixture
def olu(theirs):
    return cast.coordinator(theirs, "Olu Else")


def asked(network, other, by, where=BELOW, gives=(FACTS,), words="Join us", address=None):
    slug = other.slug if other and address is None else address or ""
    said = {"address": slug, "where": where, "gives": gives, "words": words}
    return actions.propose(network, other, **said, by=by)


def letters():
    mail.outbox.clear()
    send_due()
    return [(letter.to[0], letter.subject) for letter in mail.outbox]


def test_one_asks_the_other_agrees_and_both_read_the_same_sentences(
    ours, dan, theirs, olu, signed_in
):
    client = signed_in(dan)
    where = f"{reverse('link_new', args=['builders'])}?to=/n/libraries/"
    assert "/n/libraries/" in client.get(where).content.decode()
    client.post(where, {"where": BELOW, "gives": [FACTS, SESSIONS], "words": "Come to us"})
    link = Link.objects.get()
    assert letters() == [(olu.email, "[Libraries] Builders asks to be linked")]
    assert "Come to us" in mail.outbox[0].body
    waiting = client.get(reverse("links", args=["builders"])).content.decode()
    assert "/n/libraries/" in waiting
    assert "Libraries" not in waiting, "who does not know the network learns no name"
    client = signed_in(olu)
    assert "Builders" in client.get(reverse("links", args=["libraries"])).content.decode()
    answer = reverse("link_answer", args=["libraries", link.pk])
    assert "Come to us" in client.get(answer).content.decode()
    client.post(answer, {"answer": "agree", "gives": [FIGURES]})
    assert letters() == [(dan.email, "[Builders] Linked with Libraries")]
    (up,), (down,) = queries.linked(ours), queries.linked(theirs)
    assert (up.where, down.where) == (BELOW, ABOVE)
    assert (up.gets, up.gives) == ({FIGURES}, {FACTS, SESSIONS})
    assert (up.we_see, up.they_see) == (down.they_see, down.we_see)
    for person, slug in ((olu, "libraries"), (dan, "builders")):
        seen = signed_in(person).get(reverse("link", args=[slug, link.pk])).content.decode()
        assert up.we_see in seen
        assert up.they_see in seen


def test_an_address_with_no_network_behind_it_answers_as_one_with(ours, dan, theirs, signed_in):
    client, said = signed_in(dan), {"where": BESIDE, "gives": [], "words": ""}
    seen = []
    for slug in ("libraries", "nothings1"):
        where = f"{reverse('link_new', args=['builders'])}?to={slug}"
        pages = [client.get(where), client.post(where, said, follow=True)]
        link = Link.objects.get(address=slug)
        pages += [client.get(reverse("link", args=["builders", link.pk]))]
        pages += [client.post(where, said, follow=True)]  # again: the same proposal
        pages += [client.post(reverse("link_end", args=["builders", link.pk]), follow=True)]
        token = str(client.cookies["csrftoken"].value)
        texts = [page.content.decode().replace(slug, "S").replace(token, "") for page in pages]
        seen.append(
            [(page.status_code, len(text)) for page, text in zip(pages, texts, strict=True)]
        )
    assert seen[0] == seen[1]
    assert Link.objects.count() == 2


def test_not_now_is_told_and_they_are_not_asked_again_for_a_month(ours, dan, theirs, olu, travel):
    link = asked(ours, theirs, dan)
    actions.answer(link, theirs, agrees=False, by=olu)
    assert ("[Builders] Not now, says Libraries") in [subject for _to, subject in letters()]
    with pytest.raises(Refused, match="Ask again in a month"):
        asked(ours, theirs, dan)
    travel(clock.now() + timedelta(days=31))
    assert asked(ours, theirs, dan).waits


def test_a_letter_to_answer_is_not_sent_once_somebody_has(ours, dan, theirs, olu):
    link = asked(ours, theirs, dan)
    actions.answer(link, theirs, agrees=True, by=olu)
    assert [subject for _to, subject in letters()] == ["[Builders] Linked with Libraries"]


@pytest.mark.parametrize("by_theirs", [True, False])
def test_either_side_ends_it_with_a_word_and_exactly_its_flows_stop(
    ours, dan, theirs, olu, by_theirs
):
    third = cast.network("Pubs")
    others = [stand(ours, third), stand(ours, theirs, kind="peer")]
    link = stand(ours, theirs)
    kept = {pk: set(Flow.objects.filter(link=pk, until=None).values_list("pk")) for pk in others}
    mine, by, told = (theirs, olu, dan) if by_theirs else (ours, dan, olu)
    actions.end(link, mine, words="We have no time", by=by)
    actions.end(link, mine, words="Again", by=by)
    assert not Flow.objects.filter(link=link, until=None).exists()
    assert Flow.objects.filter(link=link).count() == 2 * len(GIVES), (
        "what flowed until then stays written"
    )
    for pk, flows in kept.items():
        assert set(Flow.objects.filter(link=pk, until=None).values_list("pk")) == flows
    assert {one.link.pk for one in queries.linked(ours)} == {one.pk for one in others}
    assert [to for to, _subject in letters()] == [told.email]
    assert "We have no time" in mail.outbox[0].body


def test_each_chooses_what_it_gives_and_the_other_is_told(ours, dan, theirs, olu):
    link = stand(ours, theirs)
    actions.give(link, theirs, gives=[MONEY], by=olu)
    actions.give(link, theirs, gives=[MONEY], by=olu)
    (one,) = queries.linked(ours)
    assert one.gets == {MONEY}
    assert len(one.gives) == len(GIVES), "the other direction is as it was"
    assert [to for to, _subject in letters()] == [dan.email]
    assert one.we_see in mail.outbox[0].body


def test_only_the_asked_answers_and_only_the_asker_takes_back(ours, dan, theirs, olu):
    link = asked(ours, theirs, dan)
    with pytest.raises(Refused, match="other network to answer"):
        actions.answer(link, ours, agrees=True, by=dan)
    with pytest.raises(Refused, match="yes or not now"):
        actions.end(link, theirs, words="", by=olu)
    actions.end(link, ours, words="", by=dan)
    with pytest.raises(Refused, match="taken the proposal back"):
        actions.answer(link, theirs, agrees=True, by=olu)
    assert letters() == []


def test_one_open_link_per_pair_and_kind(ours, dan, theirs, olu):
    link = asked(ours, theirs, dan)
    assert asked(ours, theirs, dan).pk == link.pk
    with pytest.raises(Refused, match="asked you already"):
        asked(theirs, ours, olu)
    asked(ours, theirs, dan, where=BESIDE)
    actions.answer(link, theirs, agrees=True, by=olu)
    with pytest.raises(Refused, match="linked this way already"):
        asked(ours, theirs, dan)
    with pytest.raises(IntegrityError, match="one_open_link_per_pair"), transaction.atomic():
        stand(theirs, ours)
    with pytest.raises(Refused, match="network itself"):
        asked(ours, ours, dan)


def test_a_network_with_ten_open_questions_asks_no_eleventh(ours, dan):
    for number in range(10):
        asked(ours, None, dan, address=f"nothing-{number}")
    with pytest.raises(Refused, match="Ten of your proposals"):
        asked(ours, None, dan, address="one-more")


def test_a_network_has_several_parents_and_its_members_need_be_in_none(ours, theirs, signed_in):
    second, ann = cast.network("Shops"), cast.member(theirs)
    for parent in (ours, second):
        stand(parent, theirs)
    assert {one.other for one in queries.linked(theirs) if one.where == ABOVE} == {ours, second}
    assert signed_in(ann).get(reverse("network", args=["libraries"])).status_code == 200
    assert signed_in(ann).get(reverse("network", args=["builders"])).status_code == 404


def test_a_circle_is_refused_by_the_deed_and_by_the_database(ours, dan, theirs, olu):
    third = cast.network("Pubs")
    cara = cast.coordinator(third, "Cara Pub")
    stand(ours, theirs)
    stand(theirs, third)
    link = asked(third, ours, cara)  # by its address: they learn nothing from asking
    with pytest.raises(Refused, match="cannot be part of itself"):
        actions.answer(link, ours, agrees=True, by=dan)
    with pytest.raises(IntegrityError, match="part of itself"), transaction.atomic():
        Link.objects.filter(pk=link.pk).update(agreed_at=clock.now())
    link.delete()
    with pytest.raises(IntegrityError, match="part of itself"), transaction.atomic():
        stand(third, ours)
    with pytest.raises(IntegrityError, match="link_has_two_ends"), transaction.atomic():
        stand(ours, ours, agreed_at=None)
    stand(third, ours, kind="peer")  # side by side makes no circle


def test_members_see_what_stands_and_only_coordinators_what_was_asked(ours, dan, theirs, signed_in):
    ann, link = cast.member(ours), asked(ours, theirs, dan)
    assert signed_in(ann).get(reverse("link", args=["builders", link.pk])).status_code == 404
    assert "asked" not in signed_in(ann).get(reverse("links", args=["builders"])).content.decode()
    assert signed_in(dan).get(reverse("link", args=["builders", link.pk])).status_code == 200
    stood = stand(ours, theirs, kind="peer")
    assert signed_in(ann).get(reverse("link", args=["builders", stood.pk])).status_code == 200
    assert "Libraries" in signed_in(ann).get(reverse("network", args=["builders"])).content.decode()


def test_a_network_is_found_by_name_only_among_those_one_may_know_of(ours, dan, theirs, signed_in):
    cast.network("Secret Society")
    mine = cast.network("Second home")
    cast.member(mine, person=dan)
    stand(mine, theirs)
    page = signed_in(dan).get(reverse("link_new", args=["builders"])).content.decode()
    assert "Second home" in page
    assert "Libraries" in page
    assert "Secret" not in page
    found = signed_in(dan).get(reverse("link_new", args=["builders"]), {"q": "Lib"})
    assert "Second home" not in found.content.decode().split("<main")[1]
    wrong = signed_in(dan).get(reverse("link_new", args=["builders"]), {"to": "no address"})
    assert wrong.status_code == 422


def test_run_names_a_network_that_waits_for_an_answer_and_only_to_who_is_asked(
    ours, dan, theirs, olu, signed_in
):
    link = asked(ours, theirs, dan)

    def this_week(person, slug):
        return signed_in(person).get(reverse("run", args=[slug])).content.decode()

    page = this_week(olu, "libraries")
    assert "1 network asks to be linked" in page
    assert "Builders" in page
    assert reverse("links", args=["libraries"]) in page
    assert "asks to be linked" not in this_week(dan, "builders")
    actions.answer(link, theirs, agrees=False, gives=(), by=olu)
    assert "asks to be linked" not in this_week(olu, "libraries")
