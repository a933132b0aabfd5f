from datetime import timedelta

import pytest

from members.audit.models import AuditEntry
from members.notices import actions
from members.notices.models import Heartbeat, Notice, NoticeState
from peernet.lib import clock
from peernet.lib.errors import Refused
from peernet.pages import health
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(signed_in):
    return signed_in(cast.person("Olu Works", is_operator=True))


def failed(**fields):
    place = cast.network()
    ann = cast.member(place, "Ann Lee")
    return Notice.objects.create(
        kind="invitation", about_id=1, person=ann, network_id=place.pk, attempts=8,
        state=NoticeState.FAILED, reason="The mail server refused the address (550).",
        settled_at=clock.now(), **fields,
    )  # fmt: skip


def test_a_job_is_red_when_it_is_five_periods_late(operator, travel):
    actions.beat("heartbeat")
    assert b">Late</span>" not in operator.get("/operate/").content
    travel(clock.now() + timedelta(minutes=5, seconds=1))
    assert [job.name for job in health.jobs() if job.late] == ["heartbeat"]
    assert b">Late</span>" in operator.get("/operate/").content


def test_a_server_that_was_off_all_night_is_not_late_at_once(travel):
    actions.beat("heartbeat")
    travel(clock.now() + timedelta(hours=9))
    assert not any(job.late for job in health.jobs(since=clock.now()))


def test_a_job_that_never_ran_is_late_only_to_somebody_who_watched_long_enough():
    assert not any(job.late for job in health.jobs())
    assert all(job.late for job in health.jobs(since=clock.now() - timedelta(days=2)))


def test_networks_show_counts_and_no_private_words(operator):
    place = cast.network("Community Libraries", purpose="Canary purpose")
    cast.coordinator(place)
    cast.member(place)
    cast.former_member(place)
    page = operator.get("/operate/networks/").content.decode()
    assert "Community Libraries" in page
    assert "2 people · 1 coordinator ·" in page
    assert "Canary purpose" not in page


@pytest.mark.parametrize("wanted", ["lee", "ANN@", "ann@example.org"])
def test_a_person_is_found_by_name_or_address(operator, wanted):
    cast.person("Ann Lee", email="ann@example.org")
    cast.person("Bo Ray", email="bo@example.org")
    page = operator.get("/operate/people/", {"q": wanted}).content.decode()
    assert "ann@example.org" in page
    assert "bo@example.org" not in page


@pytest.mark.parametrize("wanted", ["\0", "%", "'", "x" * 5000, "🙂"])
def test_any_search_is_answered(operator, wanted):
    assert operator.get("/operate/people/", {"q": wanted}).status_code == 200


def test_a_failed_message_says_why_and_can_be_tried_again(operator):
    lost = failed()
    page = operator.get("/operate/mail/").content.decode()
    assert "refused the address (550)" in page
    operator.post(f"/operate/mail/{lost.pk}/retry/")
    lost.refresh_from_db()
    assert (lost.state, lost.attempts, lost.reason) == (NoticeState.PENDING, 0, "")
    assert lost in Notice.objects.due(clock.now())
    assert AuditEntry.objects.get(deed="notice.retried").about_id == lost.pk


def test_a_sent_message_is_not_sent_again(operator):
    lost = failed()
    Notice.objects.update(state=NoticeState.SENT)
    page = operator.post(f"/operate/mail/{lost.pk}/retry/", follow=True).content.decode()
    assert "Only a message that failed can be sent again." in page
    lost.refresh_from_db()
    assert lost.state == NoticeState.SENT


def test_only_an_operator_lets_a_message_try_again():
    with pytest.raises(Refused):
        actions.retry(failed(), by=cast.person())


def test_the_log_shows_codes_and_ids(operator):
    actions.retry(failed(), by=cast.person("Olu Two", is_operator=True))
    page = operator.get("/operate/log/").content.decode()
    assert "notice.retried" in page
    assert "Olu Two" not in page


def test_lists_go_on_to_older_rows(operator):
    for number in range(60):
        cast.person(f"Person {number}", email=f"p{number}@example.org")
    first = operator.get("/operate/people/", {"q": "example.org"})
    assert first.content.count(b"@example.org") >= 50
    assert "q=example.org&amp;before=" in first.content.decode()


def test_the_menu_leads_an_operator_there_and_nobody_else(operator, signed_in):
    assert 'href="/operate/"' in operator.get("/").content.decode()
    assert 'href="/operate/"' not in signed_in(cast.person()).get("/").content.decode()
    assert not Heartbeat.objects.exists()
