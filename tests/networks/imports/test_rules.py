"""What a list of people would do, whatever it looks like: no database, no files on disk."""

import csv
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.imports import rules
from networks.imports.rules import Known, State
from peernet.lib import files
from peernet.lib.errors import Refused

NOBODY = Known()


def read(text):
    return rules.listed_addresses(text) or files.rows(text)


def planned(text, known=NOBODY, **corrected):
    rows = read(text)
    heading = rules.guess_heading(rows)
    guessed = {"heading": heading, "columns": rules.guess_columns(rows, heading)}
    return rules.plan(rows, known=known, **guessed | corrected)


def people(text, known=NOBODY):
    """(state, address, name, organisation) of each row with a person."""
    lines = [line for line in planned(text, known) if line.state in rules.PEOPLE]
    return [(line.state.value, line.email, line.name, line.organisation) for line in lines]


# --- Columns ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("Name,Email,Organisation", "Ann Lee,ann@x.org,Hope"),
        ("ORGANIZATION;E-mail;Full name", "Hope;ann@x.org;Ann Lee"),
        ("First name,Last name,Email address,Company", "Ann,Lee,ann@x.org,Hope"),
        ("Surname,Forename,Charity,Work email", "Lee,Ann,Hope,ann@x.org"),
        ("Name,Surname,Email,Group", "Ann,Lee,ann@x.org,Hope"),
        ("Enw\tCyfeiriad e-bost\tSefydliad", "Ann Lee\tann@x.org\tHope"),
        ("Timestamp,What is your email address?,Your name,Name of organisation (in full)",
         "1 May,ann@x.org,Ann Lee,Hope"),
        ("Contact,Who they work for,Organisation,How to reach them", "Ann Lee,x,Hope,ann@x.org"),
        ("Name,Email,Email sent?,Organisation", "Ann Lee,ann@x.org,yes,Hope"),
        ("Name,Email 2,Email,Organisation,,,", "Ann Lee,,ann@x.org,Hope,,,"),
        ("Contact,Name,Organisation", "ann@x.org,Ann Lee,Hope"),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_names_or_by_what_is_in_them(headings, cells):
    assert people(f"{headings}\n{cells}\n") == [("invite", "ann@x.org", "Ann Lee", "Hope")]


def test_titles_and_blank_lines_may_stand_above_the_headings():
    lines = planned("Our people 2026\n\nMay list;;\nName;Email\nAnn Lee;ann@x.org\n\nBob;b@x.org")
    assert [line.state.value for line in lines] == [
        "above", "blank", "above", "heading", "invite", "blank", "invite",
    ]  # fmt: skip
    assert [line.number for line in lines] == [1, 2, 3, 4, 5, 6, 7]


def test_a_file_without_headings_is_read_by_what_is_in_its_columns():
    assert people("ann@x.org,07700 900123,Ann Lee\nbob@y.org,,Bob\n") == [
        ("invite", "ann@x.org", "Ann Lee", ""), ("invite", "bob@y.org", "Bob", ""),
    ]  # fmt: skip


def test_one_column_of_addresses_is_enough_with_or_without_a_heading():
    for top in ("", "Who\n", "Email\n", "Members 2026\n\n"):
        found = people(f"{top}ann@x.org\nbob@y.org")
        assert [person[1] for person in found] == ["ann@x.org", "bob@y.org"]


def test_a_first_row_without_an_address_is_a_person_when_it_names_no_column():
    assert people("Ann Lee,\nBob,bob@y.org")[0] == ("no_address", "", "Ann Lee", "")


@pytest.mark.parametrize(
    "text",
    [
        "Ann Lee <ann@x.org>; bob@y.org",
        "Ann Lee <ann@x.org>, bob@y.org",
        '"Lee, Ann" <ann@x.org>, <bob@y.org>,',
        "Lee, Ann <ann@x.org>; bob@y.org;",
        "Ann Lee <ann@x.org>\nbob@y.org\n",
        "Ann Lee <ann@x.org>;\n\nbob@y.org;",
    ],
)
def test_a_list_of_addresses_is_a_list_of_people(text):
    assert [person[1:3] for person in people(text)] == [
        ("ann@x.org", "Ann Lee"),
        ("bob@y.org", "bob"),
    ]


def test_addresses_may_be_listed_with_spaces_and_a_wrong_one_among_them_is_not_lost():
    assert [person[1] for person in people("ann@x.org bob@y.org\tcy@z.org")] == [
        "ann@x.org", "bob@y.org", "cy@z.org",
    ]  # fmt: skip
    assert [person[0] for person in people("ann@x.org; bob at y.org; cy@z.org")] == [
        "invite", "bad", "invite",
    ]  # fmt: skip


def test_a_table_with_two_columns_of_addresses_is_no_list():
    assert people("Name,Email,Other email\nAnn,ann@x.org,ann@home.org\nBob,bob@y.org,") == [
        ("invite", "ann@x.org", "Ann", ""), ("invite", "bob@y.org", "Bob", ""),
    ]  # fmt: skip


# --- What becomes of a row -------------------------------------------------------------------


def test_each_row_says_what_becomes_of_it():
    text = """Name,Email,Organisation
Ann Lee,ann@x.org,Hope
Bob,BOB@x.org,Hope
Cy,cy@x.org,
Ann again, <Ann@X.org> ,Hope
Di,di at x.org,
Ed,,Hope
,fi@x.org,
"""
    known = Known(members=frozenset({"bob@x.org"}), invited=frozenset({"cy@x.org"}))
    lines = planned(text, known)[1:]
    assert [line.state.value for line in lines] == [
        "invite", "member", "invited", "twice", "bad", "no_address", "invite",
    ]  # fmt: skip
    assert lines[3].twin == 2
    assert lines[3].notes == ("The same address is in row 2.",)
    assert lines[4].email == "di at x.org"
    assert lines[6].name == "fi"
    assert rules.sentence(rules.counts(lines)) == (
        "7 rows: 2 to invite, 1 already a member, 1 already invited, 1 twice in this file, "
        "1 with a bad address, 1 without an address"
    )


def test_a_list_never_makes_a_coordinator_and_says_so():
    text = "Email,Role\na@x.org,Facilitator\nb@x.org,coordinator\nc@x.org,Chair\nd@x.org,Member"
    lines = planned(text)[1:]
    assert [line.role for line in lines] == ["facilitator", "member", "member", "member"]
    assert "cannot make somebody coordinator" in " ".join(lines[1].notes)
    assert "“Chair”" in " ".join(lines[2].notes)


def test_a_formula_is_only_text():
    assert people('Name,Email\n"=HYPERLINK(""x"")",ann@x.org\n+Bob,-bob@x.org') == [
        ("invite", "ann@x.org", '=HYPERLINK("x")', ""), ("invite", "-bob@x.org", "+Bob", ""),
    ]  # fmt: skip


def test_what_is_very_long_is_cut_and_said():
    line = planned(f"Name,Email,Organisation\n{'n' * 300},a@x.org,{'o' * 300}\n")[1]
    assert (len(line.name), len(line.organisation)) == (120, 160)
    assert line.notes == ("We cut off the end of what was very long.",)


# --- Organisations ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    ["hope & care", "The Hope and Care", "HOPE AND CARE LTD.", "Hope and Care Limited",
     "Hope and Care C.I.C.", "Hope  and Care CIC", "Hope and Cáre",
     "Hope and Care Community Interest Company"],
)  # fmt: skip
def test_an_organisation_is_known_however_it_is_written(written):
    known = Known(organisations=("Hope and Care",))
    lines = planned(f'Email,Organisation\nann@x.org,"{written}"', known)
    assert lines[1].organisation == "Hope and Care"
    assert [body.is_new for body in rules.bodies(lines, known)] == [False]


def test_an_organisation_of_exactly_that_name_comes_before_one_that_looks_like_it():
    known = Known(organisations=("Hope Ltd", "Hope"))
    lines = planned("Email,Organisation\na@x.org,hope\nb@x.org,Hope LTD", known)
    assert [line.organisation for line in lines[1:]] == ["Hope", "Hope Ltd"]


def test_organisations_that_are_not_the_same_can_be_kept_apart():
    known = Known(organisations=("Hope",))
    text = "Email,Organisation\na@x.org,Hope CIC"
    lines = planned(text, known, apart=["hope"])
    (body,) = rules.bodies(lines, known, ["hope"])
    assert (body.name, body.is_new, body.is_apart) == ("Hope CIC", True, True)


def test_new_organisations_are_listed_once_with_the_ways_they_are_written():
    lines = planned(
        "Email,Organisation\na@x.org,Hope Ltd\nb@x.org,HOPE\nc@x.org,Ark\nd@x.org,Hope Ltd"
    )
    found = rules.bodies(lines, NOBODY)
    assert [(body.name, body.written, body.people, body.is_new) for body in found] == [
        ("Ark", (), 1, True), ("Hope Ltd", ("HOPE",), 3, True),
    ]  # fmt: skip


def test_a_name_of_nothing_but_an_ending_is_still_a_name():
    assert rules.folded("Limited") == "limited"
    assert rules.folded("!!!") == "!!!"


# --- Whatever comes --------------------------------------------------------------------------

GOOD = [
    "Name,Email,Organisation,Role\r\n",
    'Ann Lee,ann@x.org,"Hope, Care & Co",member\r\n',
    "Zoë O’Brien,zoe@x.org,Café,facilitator\r\n",
    ",<bob@y.org>,,\r\n",
    "\r\n",
    "Cy,cy at z.org,Hope Ltd,Chair\r\n",
    "Ann,ANN@x.org,,\r\n",
]
CODES = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac-roman"]


def mutated(chance):
    """A real file with a few things gone wrong in it."""
    data = bytearray("".join(chance.sample(GOOD, k=len(GOOD))).encode(chance.choice(CODES)))
    for _ in range(chance.randrange(12)):
        at = chance.randrange(len(data) + 1)
        piece = bytes(chance.choice([
            b'"', b"\x00", b"\xff\xfe", b"\r", b"\n", b"\t", b";", b"|", b",,,,", b"@", b"<", b">",
            b"=cmd()", b"sep=;\n", b"\xef\xbb\xbf", chance.randbytes(3), data[at : at + 20],
        ]))  # fmt: skip
        data[at : at + chance.choice([0, 0, 1, 9])] = piece
    return bytes(data)


def test_a_thousand_damaged_files_are_planned_or_refused_and_no_row_is_lost():
    planned_well = 0
    for seed in range(1_000):
        data = mutated(random.Random(seed))
        try:
            text = files.decode(data, "x.csv")
            rows = files.checked(read(text), "x.csv").rows
        except Refused:
            continue
        heading = rules.guess_heading(rows)
        lines = rules.plan(
            rows, heading=heading, columns=rules.guess_columns(rows, heading), known=NOBODY
        )
        assert [line.number for line in lines] == list(range(1, len(rows) + 1))
        rules.sentence(rules.counts(lines))
        rules.bodies(lines, NOBODY)
        planned_well += any(line.state is State.INVITE for line in lines)
    assert planned_well > 500


ADDRESSES = st.sampled_from(
    ["ann@x.org", "ANN@x.org", "bob@y.org", "cy@z.org", "bad", "", "a@b@c", "d@e.org"]
)
WORDS = st.sampled_from(["Ann Lee", "Bob", "", "Zoë", "The Hope Ltd", "hope", "Ark & Co", "=1+1"])
PERSON = st.tuples(WORDS, ADDRESSES, WORDS, st.sampled_from(["", "member", "Facilitator", "Chair"]))
HEADINGS = ("Name", "Email", "Organisation", "Role")


def sheet(table):
    text = io.StringIO()
    csv.writer(text).writerows(table)
    return text.getvalue()


@settings(max_examples=200, deadline=None)
@given(st.lists(PERSON, min_size=1, max_size=12), st.permutations(range(4)))
def test_the_order_of_columns_does_not_matter(persons, order):
    table = [HEADINGS, *persons]
    turned = [[row[i] for i in order] for row in table]
    assert planned(sheet(turned)) == planned(sheet(table))


@settings(max_examples=200, deadline=None)
@given(st.lists(PERSON, min_size=1, max_size=12))
def test_each_row_has_one_state_and_each_address_is_invited_once_and_never_again(persons):
    rows = [list(HEADINGS), *map(list, persons)]
    matched = {"heading": 0, "columns": rules.guess_columns(rows, 0)}
    lines = rules.plan(rows, known=NOBODY, **matched)
    assert [line.number for line in lines] == list(range(1, len(rows) + 1))
    assert sum(rules.counts(lines).values()) == len(persons)
    invited = [line.email for line in lines if line.state is State.INVITE]
    assert len(set(invited)) == len(invited)
    again = rules.plan(rows, known=Known(invited=frozenset(invited)), **matched)
    assert State.INVITE not in {line.state for line in again}
    assert [line.state for line in again] == [
        State.INVITED if line.state is State.INVITE else line.state for line in lines
    ]
