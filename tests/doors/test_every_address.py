"""Every address of tests/declared.py, in every way that gives an answer of its own: looking
changes nothing, and each answer tells the browser what it may not do.

A page joins by its row there. The whole database, the files and the letters are compared, row by
row; what may change is named here, address by address.
"""

import pytest
from django.conf import settings

from tests import kept
from tests.declared import PAGES
from tests.doors import answers
from tests.doors.said import mistaken, wrong

pytestmark = pytest.mark.django_db
# A page that is read moves its reader's own read mark (decisions.md, "Tokens").
MARKS = {"networks_readmark", "counter networks_readmark_id_seq"}
MAY_CHANGE = {"thread": MARKS, "entry": MARKS}
# A calendar program's visit is noted, so that people see which of their feeds are in use.
NOTED = {"peer_sessions_calendarfeed": "fetched_at"}
# What a browser carries along, and only its own owner meets again: in which network they were
# last (Home leads back there).
MAY_CARRY = {"here"}


@pytest.fixture(scope="module")
def by(house, django_db_blocker):
    with django_db_blocker.unblock():
        return answers.browsers(house)


def look(house, page, by):
    """(what is said wrongly, what is not as it was) after everybody who may has looked."""
    path = answers.path_of(house, page)
    before = kept.everything(settings.MEDIA_ROOT, without=NOTED)
    came = list(answers.looks(house, page, path, by))
    found = [*mistaken(came), *(fault for answer in came for fault in wrong(answer))]
    after = kept.everything(settings.MEDIA_ROOT, without=NOTED)
    return found, kept.changed(before, after)


@pytest.mark.parametrize("page", [one for one in PAGES if one.get], ids=lambda page: page.name)
def test_whoever_looks_changes_nothing_and_is_told_how_to_treat_it(house, by, page):
    carried = kept.carried()
    found, now = look(house, page, by)
    assert found == []
    assert now <= MAY_CHANGE.get(page.name, set())
    assert kept.carried_anew(carried, kept.carried()) <= MAY_CARRY


def test_each_exception_is_still_one(house, by):
    for page in (one for one in PAGES if one.name in MAY_CHANGE):
        assert look(house, page, by)[1] == MAY_CHANGE[page.name], f"{page.name} needs none"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_other_answer_tells_it_too(house, by, page):
    path = answers.path_of(house, page)
    found = [fault for answer in answers.others(house, page, path, by) for fault in wrong(answer)]
    assert found == []
