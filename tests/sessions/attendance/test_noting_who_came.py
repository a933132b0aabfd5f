"""A facilitator notes who was there: by Zoom's file, by ticking, and by correcting either."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions.attendance import actions, queries
from sessions.attendance.models import Attendance, AttendanceFile, Source
from sessions.cadence.models import SessionState
from sessions.meetings.models import Answer
from tests import cast

from .zoom import Z1, Z3

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def people(place):
    """Fay runs the session; Ann has her address in the file, Bo only his name, Cy was away."""
    since = START - timedelta(days=60)
    return {
        "fay": cast.facilitator(place, email="fay@work.example", since=since),
        "ann": cast.member(place, "Ann Lee", email="ann@work.example", since=since),
        "bo": cast.member(place, "Bo Adeyemi", since=since),
        "cy": cast.member(place, "Cy Ward", since=since),
    }


@pytest.fixture
def meeting(place, people, travel):
    travel(START + timedelta(hours=3))
    return cast.session(place, START)


def page(meeting, *more):
    return "/".join([f"/n/{meeting.network.slug}/sessions/{meeting.pk}/attendance", *more, ""])


def upload(client, meeting, data=Z1, name="participants.csv"):
    return client.post(
        page(meeting, "upload"), {"file": SimpleUploadedFile(name, data)}, follow=True
    )


def guesses(file):
    """What the page proposes, as the browser would send it back."""
    sent = {"seen": queries.mark(file.participants.all())}
    for one in file.participants.all():
        known = {"guest": "guest", "out": "out", "open": ""}.get(one.standing)
        sent[f"who-{one.pk}"] = str(one.person_id) if known is None else known
    return sent


def check(client, meeting, file=None, **changes):
    file = file or AttendanceFile.objects.get()
    names = {one.name: f"who-{one.pk}" for one in file.participants.all()}
    sent = guesses(file) | {names[name]: value for name, value in changes.items()}
    return client.post(page(meeting, str(file.pk)), sent, follow=True)


def there(meeting):
    rows = Attendance.objects.filter(session=meeting)
    return {row.shown: row.minutes for row in rows}


def test_a_file_is_read_checked_and_counted(signed_in, people, meeting):
    client = signed_in(people["fay"])
    body = upload(client, meeting).content.decode()
    assert "found by email address" in body
    assert "found by name" in body
    assert not there(meeting), "nothing counts before she agrees"
    body = check(client, meeting).content.decode()
    assert there(meeting) == {
        "Fay Okoro": 95, "Ann Lee": 60, "Bo Adeyemi": 60, "Somebody's iPad": 20,
    }  # fmt: skip
    assert "3 members were there and 1 guest" in body
    meeting.refresh_from_db()
    assert meeting.state == SessionState.HELD
    assert meeting.settled_at is not None


def test_who_had_not_said_yes_is_a_walk_in(signed_in, people, meeting):
    meeting.facilitator = people["fay"]
    meeting.save()
    Answer.objects.create(session=meeting, person=people["ann"], reply="yes")
    client = signed_in(people["fay"])
    assert upload(client, meeting).content.decode().count("walk-in") == 1
    assert check(client, meeting).content.decode().count("Walk-in") == 1


def test_the_same_file_twice_changes_nothing_and_says_so(signed_in, people, meeting):
    client = signed_in(people["fay"])
    upload(client, meeting)
    assert "only waits for you to check it" in upload(client, meeting).content.decode()
    check(client, meeting)
    before = list(Attendance.objects.order_by("pk").values_list("pk", "person", "minutes"))
    assert "Nothing has changed" in upload(client, meeting).content.decode()
    assert AttendanceFile.objects.count() == 1
    assert list(Attendance.objects.order_by("pk").values_list("pk", "person", "minutes")) == before


def test_saving_twice_makes_no_second_row(signed_in, people, meeting):
    client = signed_in(people["fay"])
    upload(client, meeting)
    check(client, meeting)
    check(client, meeting)
    assert Attendance.objects.count() == 4


def test_a_second_file_adds_people_and_keeps_the_larger_minutes(signed_in, people, meeting):
    client = signed_in(people["fay"])
    upload(client, meeting)
    check(client, meeting)
    body = upload(client, meeting, Z3, "totals.csv").content.decode()
    assert "Who is who" in body
    body = check(
        client, meeting, AttendanceFile.objects.get(filename="totals.csv")
    ).content.decode()
    assert there(meeting)["Bo Adeyemi"] == 61
    assert there(meeting)["Ann Lee"] == 60
    assert Attendance.objects.count() == 4, "the iPad is one guest in both files"
    assert "larger number of minutes" in body


def test_a_wrong_match_is_corrected_later(signed_in, people, meeting):
    client = signed_in(people["fay"])
    upload(client, meeting)
    check(client, meeting)
    check(client, meeting, **{"AB (Bo Adeyemi)": str(people["cy"].pk), "Somebody's iPad": "out"})
    assert there(meeting) == {"Fay Okoro": 95, "Ann Lee": 60, "Cy Ward": 60}
    body = client.get(page(meeting, str(AttendanceFile.objects.get().pk))).content.decode()
    assert "chosen by hand" in body


def test_two_devices_of_one_person_are_one_row(signed_in, people, meeting):
    client = signed_in(people["fay"])
    upload(client, meeting)
    check(client, meeting, **{"Somebody's iPad": str(people["ann"].pk)})
    assert there(meeting)["Ann Lee"] == 60, "20 minutes of the iPad lie within Ann's hour"
    assert Attendance.objects.count() == 3


def test_somebody_like_a_member_has_to_be_looked_at(signed_in, people, place, meeting):
    cast.member(place, "Bo Adeyemi", since=START - timedelta(days=9))
    client = signed_in(people["fay"])
    upload(client, meeting)
    response = check(client, meeting)
    assert response.status_code == 422
    assert "Say who “AB (Bo Adeyemi)” was." in response.content.decode()
    assert not there(meeting)


def test_namesakes_are_shown_with_what_tells_them_apart(signed_in, people, place, meeting):
    cast.member(place, "Bo Adeyemi", organisation="Leeds Library", since=START)
    client = signed_in(people["fay"])
    assert "Bo Adeyemi (Leeds Library" in upload(client, meeting).content.decode()


def test_an_unproven_address_matches_nobody(signed_in, people, meeting):
    people["ann"].emailaddress_set.update(verified=False)
    people["ann"].name = "Annabel Smith"
    people["ann"].save()
    client = signed_in(people["fay"])
    assert "found by email address" in upload(client, meeting).content.decode()  # Fay
    check(client, meeting)
    assert Attendance.objects.get(shown_name="Ann Lee").person is None


def test_a_person_of_another_network_is_never_matched_or_chosen(signed_in, people, meeting):
    stranger = cast.member(cast.network("Elsewhere"), "Sam Other", email="sam@else.example")
    client = signed_in(people["fay"])
    upload(client, meeting, Z1.replace(b"Somebody's iPad,", b"Sam Other,sam@else.example"))
    response = check(client, meeting, **{"Sam Other": str(stranger.pk)})
    assert response.status_code == 422
    assert not there(meeting)


def test_removing_a_file_takes_back_what_followed_from_it(signed_in, people, meeting):
    client = signed_in(people["fay"])
    upload(client, meeting)
    check(client, meeting)
    client.post(page(meeting, str(AttendanceFile.objects.get().pk), "remove"))
    meeting.refresh_from_db()
    assert (there(meeting), meeting.state) == ({}, SessionState.PLANNED)


def test_ticking_makes_it_held_and_unticking_everybody_opens_it_again(signed_in, people, meeting):
    client = signed_in(people["fay"])
    chosen = {"people": [people["ann"].pk, people["cy"].pk]}
    client.post(page(meeting), chosen)
    client.post(page(meeting), chosen)
    assert there(meeting) == {"Ann Lee": None, "Cy Ward": None}
    meeting.refresh_from_db()
    assert meeting.state == SessionState.HELD
    client.post(page(meeting), {"before": f"{people['ann'].pk} {people['cy'].pk}"})
    meeting.refresh_from_db()
    assert (there(meeting), meeting.state) == ({}, SessionState.PLANNED)


def test_two_who_tick_at_once_do_not_undo_each_other(signed_in, people, place, meeting):
    client = signed_in(people["fay"])
    client.post(page(meeting), {"people": [people["ann"].pk], "before": ""})
    opened = {"before": str(people["ann"].pk)}  # Fay's page and Dan's page, opened now
    client.post(page(meeting), opened | {"people": [people["ann"].pk, people["bo"].pk]})
    client.post(page(meeting), opened | {"people": [people["cy"].pk]})
    assert there(meeting) == {"Bo Adeyemi": None, "Cy Ward": None}


def test_who_saves_second_is_told_that_somebody_was_quicker(signed_in, people, meeting):
    client = signed_in(people["fay"])
    upload(client, meeting)
    file = AttendanceFile.objects.get()
    opened = guesses(file)
    check(client, meeting, **{"AB (Bo Adeyemi)": str(people["cy"].pk)})
    response = client.post(page(meeting, str(file.pk)), opened)
    assert response.status_code == 422
    assert "Somebody else has just saved who is who" in response.content.decode()
    assert there(meeting)["Cy Ward"] == 60
    again = opened | {"seen": queries.mark(file.participants.all())}
    assert again["seen"] in response.content.decode(), "pressing Save again goes through"
    client.post(page(meeting, str(file.pk)), again)
    assert there(meeting)["Bo Adeyemi"] == 60


def test_choices_outlive_a_sign_in_that_expired(client, signed_in, people, meeting):
    chosen = {"people": [people["ann"].pk, people["cy"].pk], "before": ""}
    client.post(page(meeting), chosen)
    assert not there(meeting)
    body = signed_in(people["fay"]).get(page(meeting)).content.decode()
    found = re.findall(r'name="people" value="(\d+)" id="\w+" checked', body)
    assert found == [str(pk) for pk in chosen["people"]]


def test_a_tick_outlives_the_file_that_found_the_same_person(signed_in, people, meeting):
    client = signed_in(people["fay"])
    client.post(page(meeting), {"people": [people["ann"].pk]})
    upload(client, meeting)
    check(client, meeting)
    row = Attendance.objects.get(person=people["ann"])
    assert (row.minutes, row.source) == (60, Source.TICK)
    client.post(page(meeting, str(AttendanceFile.objects.get().pk), "remove"))
    assert there(meeting) == {"Ann Lee": None}


def test_it_did_not_happen(signed_in, people, meeting):
    client = signed_in(people["fay"])
    client.post(page(meeting, "missed"))
    meeting.refresh_from_db()
    assert meeting.state == SessionState.MISSED
    client.post(page(meeting), {"people": [people["ann"].pk]})
    body = client.post(page(meeting, "missed"), follow=True).content.decode()
    assert "noted as having been there" in body
    meeting.refresh_from_db()
    assert meeting.state == SessionState.HELD


def test_nobody_ticked_is_asked_again(signed_in, people, meeting):
    response = signed_in(people["fay"]).post(page(meeting), {})
    assert response.status_code == 422
    assert "say that it did not happen" in response.content.decode()


def test_nothing_can_be_noted_before_it_begins(signed_in, people, meeting, travel):
    travel(START - timedelta(minutes=1))
    client = signed_in(people["fay"])
    assert "once the session begins" in client.get(page(meeting)).content.decode()
    assert client.post(page(meeting), {"people": [people["ann"].pk]}).status_code == 422
    assert upload(client, meeting).status_code == 422
    client.post(page(meeting, "missed"))
    assert not there(meeting)
    meeting.refresh_from_db()
    assert meeting.state == SessionState.PLANNED


def test_a_file_of_another_day_is_questioned(signed_in, people, meeting):
    body = upload(signed_in(people["fay"]), meeting, Z1.replace(b"11/03/", b"09/22/"))
    assert "Is this the right file?" in body.content.decode()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("notes.docx", b"PK\x03\x04[Content_Types].xml word/document.xml", "notes.docx"),
        ("people.csv", b"Name,Email\nAnn,ann@x.org\n", "looks like a list of people"),
        ("empty.csv", b"", "empty"),
        ("huge.csv", b"a,b\n" * 700_000, "too large"),
        ("torn.csv", Z3.replace(b",95,", b",9?,"), "Row 2 of “torn.csv”"),
    ],
)
def test_wrong_files_are_refused_beside_the_box(signed_in, people, meeting, name, data, reason):
    response = upload(signed_in(people["fay"]), meeting, data, name)
    assert response.status_code == 422
    body = response.content.decode()
    assert reason in body.replace("&#39;", "'")
    assert "There is a problem" in body
    assert not AttendanceFile.objects.exists()


def test_no_file_at_all_is_a_sentence(signed_in, people, meeting):
    response = signed_in(people["fay"]).post(page(meeting, "upload"), {})
    assert response.status_code == 422
    assert "Choose a file" in response.content.decode()


def test_hostile_names_are_shown_as_text(signed_in, people, meeting):
    data = Z1.replace(b"Somebody's iPad", b"<script>alert(1)</script>")
    body = upload(signed_in(people["fay"]), meeting, data, "<b>.csv").content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body


def test_only_those_who_run_the_session_may_see_the_page(signed_in, people, place, meeting):
    assert signed_in(people["ann"]).get(page(meeting)).status_code == 403
    assert signed_in(cast.person("Out Sider")).get(page(meeting)).status_code == 404
    elsewhere = cast.facilitator(cast.network("Elsewhere"), "Ed Else")
    assert signed_in(elsewhere).get(page(meeting)).status_code == 404
    file = AttendanceFile.objects.create(session=meeting, filename="x", digest="x", lines=1)
    other = cast.session(place, START)
    assert signed_in(people["fay"]).get(page(other, str(file.pk))).status_code == 404
    assert signed_in(people["fay"]).get(page(meeting, "9" * 30)).status_code == 404


@pytest.mark.parametrize("many", [1, 30])
def test_queries_do_not_grow_with_people(signed_in, people, place, meeting, many):
    for number in range(many):
        someone = cast.member(place, f"Member {number}", since=START - timedelta(days=2))
        Attendance.objects.create(session=meeting, person=someone, source=Source.TICK)
    client = signed_in(people["fay"])
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page(meeting)).status_code == 200
    assert len(seen) <= 16
    upload(client, meeting)
    file = AttendanceFile.objects.get()
    with CaptureQueriesContext(connection) as seen:
        client.get(page(meeting, str(file.pk)))
    assert len(seen) <= 16


def test_in_a_large_network_the_lists_are_short_until_asked(signed_in, people, place, meeting):
    for number in range(160):
        cast.member(place, f"Zed {number}", since=START - timedelta(days=2))
    client = signed_in(people["fay"])
    body = upload(client, meeting).content.decode()
    assert "Zed 7<" not in body
    response = check(client, meeting, **{"Somebody's iPad": "other"})
    assert response.status_code == 422
    assert response.content.decode().count(">Zed 7<") == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_deed_many_times_at_once_is_one_deed(people, meeting):
    def at_once(deed):
        def alone(_number):
            try:
                return deed()
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            return list(pool.map(alone, range(12)))

    sent = at_once(lambda: actions.receive(meeting, Z1, "participants.csv", by=people["fay"]))
    assert sorted(new for _file, new in sent) == [False] * 11 + [True]
    file = AttendanceFile.objects.get()
    decisions = {
        one.pk: actions.Decision(one.standing, one.person_id) for one in file.participants.all()
    }
    at_once(lambda: actions.confirm(file, decisions, by=people["fay"]))
    at_once(lambda: actions.tick(meeting, [people["cy"]], by=people["fay"]))
    assert Attendance.objects.count() == 5


def test_a_file_of_more_than_a_thousand_people_can_be_checked_and_saved(signed_in, people, meeting):
    head, *_rest = Z3.splitlines()
    rows = [f"Guest {n},,60,Yes".encode() for n in range(1_100)]
    client = signed_in(people["fay"])
    upload(client, meeting, b"\n".join([head, *rows]))
    assert check(client, meeting).status_code == 200
    assert len(there(meeting)) == 1_100
