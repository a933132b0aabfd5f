"""An address is read out of a cell, or the cell's fault is said in a sentence."""

import pytest
from django.core.validators import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.lib.addresses import LONGEST, Address, read


@pytest.mark.parametrize(
    ("cell", "email", "name"),
    [
        ("ann@x.org", "ann@x.org", ""),
        ("  ANN@X.org. ", "ann@x.org", ""),
        ("<ann@x.org>,", "ann@x.org", ""),
        ("mailto:Ann@x.org?subject=Hello", "ann@x.org", ""),
        ("Ann  Lee <ann@x.org>", "ann@x.org", "Ann Lee"),
        ("'Ann Lee' <mailto:ann@x.org>;", "ann@x.org", "Ann Lee"),
        ('"Lee, Ann" <ann@x.org>', "ann@x.org", "Ann Lee"),
        ("o'neill+peers@sub.x.co.uk", "o'neill+peers@sub.x.co.uk", ""),
    ],
)
def test_what_surely_is_no_part_of_an_address_is_taken_away(cell, email, name):
    assert read(cell) == Address(email=email, name=name)


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("ann at x.org", "There is no @ in it."),
        ("ann lee@x.org", "There is a space in it."),
        ("ann@x.org, bob@y.org", "There is more than one address here. Keep one."),
        ("ann@xorg", "What comes after the @ is cut off."),
        ("ann@@x.org", "An address looks like name@example.org."),
        ("@x.org", "An address looks like name@example.org."),
        ("ann@" + "x" * 250 + ".org", "It is too long for an address."),
        ("Ann <ann>", "There is no @ in it."),
    ],
)
def test_a_bad_address_is_not_guessed_at_but_said(cell, fault):
    assert read(cell).fault == fault
    assert not read(cell).email


def test_an_empty_cell_is_neither_an_address_nor_a_fault():
    assert read(" ") == read("<>") == Address()


@settings(max_examples=500, deadline=None)
@given(st.text(st.sampled_from("aé @<>.,;:\"'\n\t+-_mailto\u200b"), max_size=40))
def test_any_cell_gives_an_address_that_can_be_written_to_or_a_fault_or_nothing(cell):
    found = read(cell)
    assert not (found.email and found.fault)
    if found.email:
        validate_email(found.email)
        assert found.email == found.email.lower()
        assert len(found.email) <= LONGEST
        assert read(found.email).email == found.email
