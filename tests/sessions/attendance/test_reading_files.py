"""From a participants file to its people: every row belongs to one of them."""

import csv
import io
import random
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from peernet.lib.errors import Refused
from peernet.lib.workbooks import read_table
from sessions.attendance.rules import Known, Shown, length, match, names, read, together, union

from .zoom import MEETING, Z1, Z2, Z3, Z4


def sheet(data, name="participants.csv"):
    return read(read_table(data, name).rows, name)


def minutes(data):
    return {person.name: person.minutes for person in sheet(data).people}


EXPECTED = {"Fay Okoro": 95, "Ann Lee": 60, "AB (Bo Adeyemi)": 60, "Somebody's iPad": 20}


@pytest.mark.parametrize("data", [Z1, Z2, Z4], ids=["Z1", "Z2", "Z4"])
def test_connections_of_one_person_are_merged_and_overlaps_count_once(data):
    assert minutes(data) == EXPECTED
    assert sheet(data).lines == 5
    assert sum(person.lines for person in sheet(data).people) == 5
    assert str(sheet(data).day) == "2026-11-03"


def test_a_file_that_was_opened_and_saved_by_excel_is_read_the_same():
    """Excel turns Zoom's times into moments and its minutes into numbers."""
    book = Workbook()
    for row in csv.reader(Z1.decode().splitlines()):
        book.active.append([_as_excel_keeps_it(cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    assert minutes(file.getvalue()) == EXPECTED
    assert str(sheet(file.getvalue()).day) == "2026-11-03"


def _as_excel_keeps_it(cell):
    if cell.isdigit():
        return int(cell)
    try:
        return datetime.strptime(cell, "%m/%d/%Y %I:%M:%S %p")  # noqa: DTZ007 -- a wall clock
    except ValueError:
        return cell


def test_totals_are_taken_as_they_are():
    assert minutes(Z3) == EXPECTED | {"AB (Bo Adeyemi)": 61}
    assert sheet(Z3).day is None


def test_layouts_are_told_apart():
    with_totals = MEETING.encode() + b"\r\n" + Z3
    layouts = [sheet(data).layout for data in (Z1, Z2, Z3, with_totals)]
    assert layouts == ["Z1", "Z2", "Z3", "Z2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_separator_and_line_ends_do_not_matter(encoding, separator, newline):
    text = Z1.decode().replace("Ann Lee", "Zoë Lee")
    text = text.replace(",", separator).replace("\r\n", newline)
    assert minutes(text.encode(encoding))["Zoë Lee"] == 60


@pytest.mark.parametrize(
    ("join", "leave"),
    [
        ("03/11/2026 10:00:00", "03/11/2026 10:45:00"),
        ("2026-11-03 10:00:00", "2026-11-03 10:45:00"),
        ("2026/11/3 10:00", "2026/11/3 10:45"),
        ("11/3/2026 11:40:00 PM", "11/4/2026 12:25:00 AM"),
        ("30/11/2026 23:40:00", "01/12/2026 00:25:00"),
    ],
)
def test_times_are_read_in_the_order_that_makes_sense(join, leave):
    text = (
        "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"
        f"Ann,a@x.org,{join},{leave},45\nBo,b@x.org,{join},{leave},45\n"
    )
    assert minutes(text.encode()) == {"Ann": 45, "Bo": 45}


def test_somebody_still_there_has_the_minutes_that_the_row_states():
    text = (
        "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"
        "Ann,a@x.org,11/03/2026 10:00:00 AM,,12\n"
    )
    assert minutes(text.encode()) == {"Ann": 12}


def test_the_hosts_address_left_of_the_name_is_not_taken_for_the_persons():
    text = (
        "Topic,Meeting ID,User Email,Duration (Minutes),Name (Original Name),User Email,"
        "Join Time,Leave Time,Duration (Minutes)\n"
        "T,1,host@x.org,95,Ann,ann@x.org,11/03/2026 10:00:00 AM,11/03/2026 10:30:00 AM,30\n"
    )
    (person,) = sheet(text.encode()).people
    assert (person.email, person.minutes) == ("ann@x.org", 30)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Full Name\tUser Action\tTimestamp\nAnn\tJoined\t1\n", "Microsoft Teams"),
        (b"First name,Last name,Email,Duration,Time joined\nA,B,c@x.org,1,2\n", "Google Meet"),
        (b"Name,Email,Organisation\nAnn,a@x.org,Library\n", "list of people"),
        (MEETING.encode(), "list of meetings"),
        (b"milk,3\nbread,1\n", "does not look like"),
        (b"Name (Original Name),User Email,Total Duration (Minutes)\n", "names nobody"),
        (Z3.replace(b",95,", b",a lot,"), "Row 2"),
        (Z1.replace(b"11/03/2026 10:01:00 AM", b"yesterday"), "yesterday"),
        (b"", "empty"),
        (b"%PDF-1.4 and so on", "PDF"),
        (b"PK\x03\x04 xl/workbook.xml [Content_Types].xml", "damaged"),
        (bytes(range(256)) * 4, "no text"),
        (b"a,b\n" * 6_000, "rows"),
    ],
)
def test_other_files_are_refused_by_name_and_reason(data, reason):
    with pytest.raises(Refused) as no:
        sheet(data, "tuesday.csv")
    assert "“tuesday.csv”" in str(no.value)
    assert reason in str(no.value)


# --- Properties ------------------------------------------------------------------------------

people = st.sampled_from(["Ann Lee", "Bo", "Bo (Bo Adeyemi)", "Zoë", "", "iPhone"])
addresses = st.sampled_from(["", "", "ann@x.org", "bo@x.org"])
connections = st.lists(
    st.tuples(people, addresses, st.integers(0, 7_000), st.integers(0, 5_000)),
    min_size=1,
    max_size=25,
)


def as_file(rows):
    def clock(second):
        return f"11/03/2026 {10 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"

    lines = [
        f"{name},{email},{clock(start)},{clock(start + long)},{-(-long // 60)}"
        for name, email, start, long in rows
    ]
    head = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)"
    return "\n".join([head, *lines]).encode()


@settings(deadline=None)  # the machine is shared
@given(connections)
def test_every_row_belongs_to_exactly_one_person(rows):
    found = sheet(as_file(rows))
    assert sum(person.lines for person in found.people) == found.lines == len(rows)
    emails = [person.email for person in found.people if person.email]
    assert len(emails) == len(set(emails))


@settings(deadline=None)  # the machine is shared
@given(connections, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, chance):
    def known(data):
        return sorted((p.email or p.name, p.lines, p.minutes) for p in sheet(data).people)

    shuffled = list(rows)
    random.Random(chance.random()).shuffle(shuffled)
    assert known(as_file(rows)) == known(as_file(shuffled))


@settings(deadline=None)  # the machine is shared
@given(connections)
def test_nobody_was_there_longer_than_the_meeting_or_than_their_connections(rows):
    whole = max(start + long for *_who, start, long in rows) - min(row[2] for row in rows)
    for person in sheet(as_file(rows)).people:
        assert person.minutes <= -(-whole // 60)
        assert person.minutes == length(union(person.spans))


@settings(deadline=None)  # the machine is shared
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=12))
def test_union_covers_the_same_seconds_without_overlap(pairs):
    spans = [(start, start + long) for start, long in pairs]
    joined = union(spans)
    assert {s for a, b in spans for s in range(a, b)} == {s for a, b in joined for s in range(a, b)}
    assert all(a[1] < b[0] for a, b in pairwise(joined))


def test_laptop_and_phone_at_the_same_time_count_once():
    assert together([(30, [(0, 1800)]), (20, [(1200, 2400)])]) == 40
    assert together([(30, []), (20, [])]) == 30
    assert together([(None, [])]) is None


# --- Who is who ------------------------------------------------------------------------------

ANN, BO = Known(1, "Ann Lee", frozenset({"ann@x.org"})), Known(2, "Bo Adeyemi")


def found(*people, roll=(ANN, BO)):
    shown = [Shown(name, email, 1, 10) for name, email in people]
    return [(m.pk, m.by, m.near) for m in match(shown, roll)]


def test_an_address_decides_before_a_name():
    assert found(("Bo Adeyemi", "ann@x.org")) == [(1, "email", ())]


@pytest.mark.parametrize("shown", ["ann  LEE", "A (Ann Lee)", "Ann Lee (Libraries)", "Änn Lee"])
def test_a_name_decides_however_it_is_written(shown):
    assert found((shown, "")) == [(1, "name", ())]


def test_namesakes_on_the_roll_are_never_matched_by_themselves():
    twin = Known(3, "Ann Lee")
    assert found(("Ann Lee", ""), roll=(ANN, BO, twin)) == [(None, "", (1, 3))]


def test_namesakes_in_the_file_are_never_matched_by_themselves():
    assert found(("Ann Lee", ""), ("ann lee", "other@x.org")) == [(None, "", (1,))] * 2
    assert found(("Ann Lee", "ann@x.org"), ("Ann Lee", "")) == [
        (1, "email", ()),
        (None, "", (1,)),
    ]


def test_somebody_with_a_like_name_is_offered_and_a_stranger_is_not():
    assert found(("Ann", ""), ("iPhone", "")) == [(None, "", (1,)), (None, "", ())]


def test_names_in_brackets():
    assert names("Nick (Real Name)") == {"nick (real name)", "nick", "real name"}
