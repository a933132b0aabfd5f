"""A cohort is renamed, moved and closed; and it has sessions, surveys and figures of its own."""

from datetime import timedelta

import pytest
from django.urls import reverse

from evaluation.reports.queries import cohorts_of
from evaluation.rollups.actions import renew
from evaluation.rollups.models import Rollup
from evaluation.rollups.queries import count, of_network, own, own_basis
from evaluation.surveys import actions as surveys
from evaluation.surveys.queries import asked, not_answered, waiting_for
from members.audit.models import AuditEntry
from members.notices.models import Notice
from networks.cohorts import actions
from networks.discussions import actions as talk
from networks.discussions.models import Post
from networks.membership import actions as membership
from networks.network.models import Cohort
from peernet.lib import clock
from peernet.lib.errors import Refused
from sessions.attendance.models import Attendance
from sessions.cadence.queries import audience, invited_to, visible_to
from tests import cast

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def place():
    return cast.network(opened_at=clock.now() - 90 * DAY)


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def two(place, dan):
    today = clock.today(place.zone)
    return [
        actions.open_cohort(place, name=name, starts_on=today, by=dan)
        for name in ("Cohort 1", "Cohort 2")
    ]


@pytest.fixture
def ann(place, dan, two):
    made = cast.member(place)
    actions.put_in(two[0], [made], by=dan)
    return made


@pytest.fixture
def bo(place, dan, two):
    made = cast.member(place, "Bo Dale")
    actions.put_in(two[1], [made], by=dan)
    return made


def change(cohort, by, **other):
    said = {"name": cohort.name, "starts_on": cohort.starts_on, "ends_on": None, "welcome": ""}
    actions.change_cohort(cohort, by=by, **said | other)
    cohort.refresh_from_db()


# --- Name, days, end -----------------------------------------------------------------------------


def test_a_coordinator_gives_it_another_name_and_other_days(place, dan, two, signed_in):
    page = reverse("cohort_edit", args=[place.slug, two[0].pk])
    client = signed_in(dan)
    said = {"name": " Spring  2026 ", "starts_on": "2026-03-01", "ends_on": "2026-02-01"}
    assert client.post(page, said).status_code == 422
    assert client.post(page, said | {"ends_on": "2026-09-01"}).status_code == 302
    two[0].refresh_from_db()
    assert (two[0].name, str(two[0].ends_on)) == ("Spring 2026", "2026-09-01")
    again = client.post(page, said | {"name": "Cohort 2", "ends_on": ""})
    assert "already a cohort with that name" in again.content.decode()
    assert AuditEntry.objects.filter(deed="cohort.changed").count() == 1


def test_another_first_day_opens_nothing_and_takes_nothing_away(place, dan, two, ann, travel):
    """Also not by way of the rule “from the start of their cohort”."""
    everyone = place.rooms.get(cohort=None)
    talk.change_history(everyone, "cohort", by=dan)
    travel(clock.now() + HOUR)
    talk.start_thread(everyone, title="A", words="B", by=dan)
    travel(clock.now() + HOUR)
    late = cast.member(place, "Late Larry", since=clock.now())
    third = actions.open_cohort(
        place, name="Third", starts_on=clock.today(place.zone) + 9 * DAY, by=dan
    )
    actions.put_in(third, [late], by=dan)
    change(third, dan, starts_on=clock.today(place.zone) - 300 * DAY)
    assert not Post.objects.visible_to(late).exists()
    begun = two[0].starts_at
    for day in (-300, 300):
        change(two[0], dan, starts_on=clock.today(place.zone) + day * DAY)
        assert two[0].starts_at == begun


def test_its_welcome_goes_on_the_new_first_day(place, dan):
    first = clock.today(place.zone) + 9 * DAY
    third = actions.open_cohort(place, name="Third", starts_on=first, welcome="Hello", by=dan)
    actions.put_in(third, [cast.member(place)], by=dan)
    change(third, dan, starts_on=first + 5 * DAY, welcome="Hello")
    assert Notice.objects.get(kind="cohort_welcome").due_at == third.starts_at
    assert third.starts_at == clock.midnight(first + 5 * DAY, place.zone)


def test_nothing_new_begins_for_a_closed_one_until_it_is_opened_again(
    place, dan, two, ann, signed_in
):
    page, deed = reverse("cohort_edit", args=[place.slug, two[0].pk]), {"deed": "close"}
    assert signed_in(dan).post(page, deed).status_code == 302
    with pytest.raises(Refused, match="closed"):
        actions.put_in(two[0], [cast.member(place, "Too Late")], by=dan)
    for name in ("session_plan", "survey_new", "room_new"):
        form = signed_in(dan).get(reverse(name, args=[place.slug])).content.decode()
        assert "Cohort 2" in form
        assert "Cohort 1" not in form, name
    somebody = membership.begin(
        place, cast.person("New Nell"), cohort=Cohort.objects.get(pk=two[0].pk), by=dan
    )
    assert not somebody.person.cohort_spells.exists()  # an invitation from before still lets in
    assert ann.cohort_spells.current().exists()
    signed_in(dan).post(page, {"deed": "reopen"})
    actions.put_in(two[0], [cast.member(place, "In Time")], by=dan)


# --- Sessions ------------------------------------------------------------------------------------


def test_a_session_of_cohort_1_is_nothing_to_cohort_2_and_not_the_coordinators_own(
    place, dan, two, ann, bo, signed_in
):
    theirs = cast.session(place, title="Only for table one", cohort=two[0])
    assert set(audience(theirs)) == {ann}
    assert [theirs in visible_to(one) for one in (ann, bo, dan)] == [True, False, True]
    assert [theirs in invited_to(one) for one in (ann, bo, dan)] == [True, False, False]
    client = signed_in(bo)
    assert client.get(reverse("session", args=[place.slug, theirs.pk])).status_code == 404
    for path in (reverse("sessions", args=[place.slug]), place.get_absolute_url(), "/"):
        assert theirs.title not in client.get(path).content.decode(), path
    actions.put_in(two[0], [bo], by=dan)  # somebody may be in two
    assert theirs in invited_to(bo)


def test_the_page_of_a_cohort_leads_to_planning_for_it_alone(place, dan, two, ann, bo, signed_in):
    client = signed_in(dan)
    page = client.get(reverse("cohort", args=[place.slug, two[0].pk])).content.decode()
    plan = f"{reverse('session_plan', args=[place.slug])}?cohort={two[0].pk}"
    assert plan in page
    assert f'value="{two[0].pk}" selected' in client.get(plan).content.decode()


# --- Surveys -------------------------------------------------------------------------------------


def test_a_survey_of_cohort_1_asks_its_people_and_nobody_else(place, dan, two, ann, bo, signed_in):
    ask = f"{reverse('survey_new', args=[place.slug])}?cohort={two[0].pk}"
    assert f'value="{two[0].pk}" selected' in signed_in(dan).get(ask).content.decode()
    study = surveys.open_study(place, "For table one", cohort=two[0], by=dan)
    today = clock.today(place.zone)
    wave = surveys.launch(study, today, today + 14 * DAY, by=dan)
    assert set(asked(wave)) == {ann} == set(not_answered(wave))
    assert [waiting_for(one, [place]) for one in (ann, bo, dan)] == [[wave], [], []]
    assert set(Notice.objects.filter(kind="survey").values_list("person", flat=True)) == {ann.pk}
    assert signed_in(bo).get("/").content.decode().count("For table one") == 0
    membership.take_out_of_cohort(two[0], ann, by=dan)
    assert set(asked(wave)) == {ann}  # who was there when it opened
    assert not not_answered(wave)  # but no reminder


def test_who_comes_into_the_cohort_later_is_not_asked(place, dan, two, ann, bo, travel):
    today = clock.today(place.zone)
    study = surveys.open_study(place, "For table one", cohort=two[0], by=dan)
    wave = surveys.launch(study, today, today + 14 * DAY, by=dan)
    travel(clock.now() + HOUR)
    actions.put_in(two[0], [bo], by=dan)
    assert set(asked(wave)) == {ann}
    assert not waiting_for(bo, [place])


# --- Figures -------------------------------------------------------------------------------------


def test_each_cohort_has_its_line_of_figures_counted_once_and_as_kept(
    place, dan, two, ann, bo, signed_in
):
    def met(cohort, *people, days=5, state="held"):
        starts = clock.now() - days * DAY
        one = cast.session(place, starts=starts, cohort=cohort, state=state, settled_at=starts)
        Attendance.objects.bulk_create(
            Attendance(session=one, person=person, source="tick") for person in people
        )

    met(two[0], ann, dan)
    met(two[0], ann, days=9)
    met(two[0], days=12, state="missed")
    met(None, ann, bo, dan)
    actions.put_in(two[1], [ann], by=dan)  # in both
    basis = own_basis(place)
    live = count(basis, own(basis, place))
    lines = [(one.people, one.held, one.due, one.came) for one in cohorts_of(place, live)]
    assert lines == [(1, 2, 3, 2), (2, 0, 0, 0)]
    renew()
    assert Rollup.objects.get(network=place).at
    kept = of_network(place)
    assert kept.edition
    assert cohorts_of(place, kept) == cohorts_of(place, live)
    page = signed_in(dan).get(reverse("network_figures", args=[place.slug])).content.decode()
    assert "2 of 3" in page
    shared = signed_in(ann).get(reverse("shared_figures", args=[place.slug])).content.decode()
    assert "Cohort 1" not in shared


def test_whoever_sees_exact_figures_of_a_small_cohort_reads_the_rows_behind_them(
    place, dan, two, ann, bo, signed_in
):
    """Decision 36: so they need not be rounded or withheld; and nobody else sees them."""
    starts = clock.now() - 5 * DAY
    one = cast.session(place, starts=starts, cohort=two[0], state="held", settled_at=starts)
    Attendance.objects.create(session=one, person=ann, source="tick")
    under = cast.programme()
    cast.grant(place, under, network_agreed_at=clock.now(), funder_agreed_at=clock.now())
    renew()
    figures = reverse("network_figures", args=[place.slug])
    here = signed_in(dan)
    assert "Cohort 1" in here.get(figures).content.decode()
    for name, row in (("cohort", two[0]), ("attendance", one)):
        rows = here.get(reverse(name, args=[place.slug, row.pk]))
        assert ann.shown_name in rows.content.decode(), name
    for other in (ann, cast.facilitator(place), cast.funder_person(under)):
        theirs = signed_in(other)
        assert theirs.get(figures).status_code in (403, 404)
        for page in (
            reverse("shared_figures", args=[place.slug]), reverse("programme", args=[under.slug]),
        ):  # fmt: skip
            assert "Cohort 1" not in theirs.get(page).content.decode()
