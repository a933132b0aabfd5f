# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""The grant ends: its dates wait for somebody, and everybody hears of it once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from members.notices.models import Notice
from peernet.lib import clock
from peernet.lib.errors import Refused
from sessions.cadence import actions, queries
from sessions.cadence.tasks import tick_funding
from tests import cast
from tests.sessions.around import calendar_of, dates, lasts_until, plan, post, ring, text
from tests.sessions.calendar.reading import Inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(place):
    return cast.grant(place, ends_on=date(2026, 4, 14))


def states(first):
    return "".join(one.state[0] for one in dates(first))


def test_the_last_funded_day_is_funded_and_the_next_is_not(place, dan, grant):
    first = plan(place, dan)
    assert states(first)[:4] == "pppt"  # 3 March, 24 March, 14 April; 5 May waits


def test_a_network_that_never_had_a_grant_has_no_end(place, dan):
    first = plan(place, dan)
    assert set(states(first)) == {"p"}


def test_a_longer_grant_makes_dates_sure_and_a_shorter_one_unsure(place, dan, ann, grant):
    first = plan(place, dan)
    ring()
    post()
    lasts_until(grant, date(2026, 5, 31))
    assert states(first)[:6] == "pppppt"
    lasts_until(grant, date(2026, 3, 10))
    assert states(first)[:6] == "pttttt"
    ring()
    (letter,) = post(ann)  # the change in between never left
    assert "now lasts until Tuesday 10 March" in letter.body


def test_a_first_grant_sets_an_end_and_its_loss_takes_it_away(place, dan):
    first = plan(place, dan)
    grant = cast.grant(place, ends_on=date(2026, 3, 31))
    tick_funding()
    assert states(first)[:3] == "ppt"
    grant.delete()
    tick_funding()
    assert set(states(first)) == {"p"}


def test_a_single_session_waits_as_well_and_is_invited_to_when_money_comes(place, dan, ann, grant):
    one = plan(place, dan, rhythm="once", first=datetime(2026, 5, 5, 10))
    ring()
    assert post() == []
    lasts_until(grant, date(2026, 5, 5))
    ring()
    assert len(post()) == 2
    lasts_until(grant, date(2026, 5, 4))
    ring()
    (letter,) = post(ann)
    assert letter.subject.startswith("[Health and Social Care] Not confirmed, Tuesday 5 May")
    one.refresh_from_db()
    assert one.state == "tentative"
    lasts_until(grant, date(2026, 5, 5))
    ring()
    assert len(post(ann)) == 1


def test_money_that_comes_and_goes_before_the_post_leaves_no_entry_behind(place, dan, grant):
    plan(place, dan, rhythm="once", first=datetime(2026, 4, 10, 10))
    ring()
    inbox = Inbox()
    inbox.take(calendar_of(post(dan)[0]))
    for day in (9, 10, 9):  # gone, back, gone again, and no mail in between
        lasts_until(grant, date(2026, 4, day))
    ring()
    for letter in post(dan):
        inbox.take(calendar_of(letter))
    assert inbox.shown() == []


def test_any_member_may_take_a_date_on(place, dan, ann, grant, signed_in):
    waiting = dates(plan(place, dan))[3]
    ring()
    post()
    client = signed_in(ann)
    page = reverse("session_take_on", args=[place.slug, waiting.pk])
    assert "2 people are invited at once, with your name." in text(client.get(page))
    client.post(page)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.taken_on_by, waiting.facilitator) == ("planned", ann, ann)
    ring()
    (letter,) = post(dan)
    assert letter.subject == "[Health and Social Care] Tuesday 5 May 10am: Action learning set"
    assert "Ann has taken on “Action learning set”, so it takes place." in letter.body


def test_two_who_take_it_on_at_once_do_not_collide(place, dan, ann, grant):
    waiting = dates(plan(place, dan))[3]
    actions.take_on(waiting, by=ann)
    with pytest.raises(Refused, match="Ann Lee has already taken this session on"):
        actions.take_on(waiting, by=dan)
    assert Notice.objects.filter(kind="session").count() == 2


def test_what_was_taken_on_stays_whatever_the_money_does(place, dan, ann, grant):
    waiting = dates(plan(place, dan))[3]
    actions.take_on(waiting, by=ann)
    lasts_until(grant, date(2026, 3, 10))
    waiting.refresh_from_db()
    assert waiting.state == "planned"
    lasts_until(grant, date(2026, 12, 31))
    ring()
    post()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.alone) == ("planned", True)


def test_a_sure_date_needs_nobody(place, dan, ann):
    first = plan(place, dan)
    with pytest.raises(Refused, match="does not need anybody"):
        actions.take_on(first, by=ann)


def test_everybody_is_told_once_the_morning_after(place, dan, ann, grant, travel):
    plan(place, dan)
    ring()
    post()
    travel(datetime(2026, 4, 14, 22, 30, tzinfo=UTC))  # still the last funded day
    ring()
    post()
    travel(datetime(2026, 4, 14, 23, 30, tzinfo=UTC))  # half past midnight in London
    ring()
    assert post() == []
    travel(datetime(2026, 4, 15, 8, 0, tzinfo=UTC))  # nine in the morning there
    ring()
    letters = post()
    assert sorted(one.to[0] for one in letters) == sorted([dan.email, ann.email])
    travel(datetime(2026, 4, 17, 8, 0, tzinfo=UTC))
    ring()
    assert [one for one in post() if "funding" in one.subject] == []


def test_the_news_says_what_stays_what_stops_and_what_to_do(place, dan, ann, grant, travel):
    plan(place, dan)
    ring()
    travel(datetime(2026, 4, 15, 9, 0, tzinfo=UTC))
    post()
    ring()
    found = {one.to[0]: one for one in post() if "funding" in one.subject}
    mine, hers = found[ann.email], found[dan.email]
    assert mine.subject == "[Health and Social Care] The funding has ended. What happens now"
    for words in ("ended on Tuesday 14 April", "What stays", "What stops", "Tuesday 5 May, 10am",
                  "Any member can take one on."):  # fmt: skip
        assert words in mine.body
    assert "For you as coordinator" in hers.body
    assert "For you as coordinator" not in mine.body


def test_who_came_after_the_end_and_who_left_hear_nothing_of_it(place, dan, grant, travel):
    gone = cast.member(place, "Gus Hill")
    travel(datetime(2026, 4, 16, 9, 0, tzinfo=UTC))
    gone.memberships.update(until=datetime(2026, 4, 15, 12, tzinfo=UTC))
    cast.member(place, "Lou Late", since=datetime(2026, 4, 16, 8, tzinfo=UTC))
    tick_funding()
    told = Notice.objects.filter(kind="funding_ended")
    assert list(told.values_list("person", flat=True)) == [dan.pk]


def test_new_money_before_the_morning_stops_the_news(place, dan, grant, travel):
    travel(datetime(2026, 4, 15, 1, 0, tzinfo=UTC))
    tick_funding()
    cast.grant(place, grant.programme, ends_on=date(2026, 12, 31))
    travel(datetime(2026, 4, 15, 9, 0, tzinfo=UTC))
    ring()
    assert post() == []
    assert Notice.objects.get(kind="funding_ended").reason == "There is funding again."


def test_an_old_grant_written_down_late_is_no_news(place, dan):
    cast.grant(place, starts_on=date(2024, 1, 1), ends_on=date(2025, 3, 31))
    tick_funding()
    assert not Notice.objects.exists()


def test_nobody_is_reminded_of_a_date_that_waits(place, dan, ann, grant, travel):
    first = plan(place, dan)
    ring()
    for moment in (datetime(2026, 4, 28, 10), datetime(2026, 5, 4, 10), datetime(2026, 5, 5, 8)):
        travel(moment.replace(tzinfo=UTC))
        ring()
    about = dates(first)[3].pk
    assert not Notice.objects.filter(kind="reminder", about_id=about).exists()


def test_what_waits_for_somebody_is_a_list_for_the_front_page(place, dan, grant):
    first = plan(place, dan)
    waiting = list(queries.needs_someone(place))
    assert waiting == dates(first)[3:]
    assert queries.next_for(dan) == first
    assert list(queries.visible_to(dan).ahead(clock.now())[:2]) == dates(first)[:2]


def test_an_invitation_that_fell_away_with_the_money_goes_when_the_money_is_back(
    place, dan, ann, grant, travel
):
    plan(place, dan)
    grant.ends_on = date(2026, 3, 2)  # the day before the first date
    grant.save()
    ring()
    assert post() == []
    travel(clock.now() + timedelta(hours=1))
    lasts_until(grant, date(2026, 4, 14))
    ring()
    (letter,) = post(ann)
    assert "invites you to “Action learning set”" in letter.body
    ring()
    assert post() == []
