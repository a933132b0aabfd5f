"""The run that takes permission conditions away: it finds them, and tells who notices."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests.mutate import switch
from tests.mutate.sites import ROOT, all_sites, rewritten


@pytest.fixture
def off():
    """Switch a condition off: off(number)."""

    def choose(number):
        switch.off_now = number

    yield choose
    switch.off_now = None


def sites(source, path="networks/things/queries.py"):
    return [site.what for site in rewritten(source, path, 1)[1]]


def made(source, path, **names):
    """The rewritten module, as names."""
    space = {**names}
    exec(compile(rewritten(source, path, 1)[0], path, "exec"), space)
    return SimpleNamespace(**space)


def test_each_part_of_a_question_about_a_person_is_a_condition(off):
    source = "def may_read(room, person) -> bool:\n    return person.here and not room.closed\n"
    ann, attic = SimpleNamespace(here=False), SimpleNamespace(closed=True)
    room = made(source, "networks/things/queries.py")
    answers = []
    for number in (None, 1, 2, 3):
        off(number)
        answers.append(room.may_read(attic, ann))
    assert answers == [False, False, False, True]
    off(1)
    assert room.may_read(SimpleNamespace(closed=False), ann), "without person.here"
    off(2)
    assert room.may_read(attic, SimpleNamespace(here=True)), "without not room.closed"


def test_each_keyword_that_narrows_rows_is_a_condition(off):
    source = "def mine(person):\n    return rows.filter(person=person, until=None, pk=1)\n"
    rows = SimpleNamespace(filter=lambda **named: sorted(named))
    room = made(source, "networks/things/queries.py", rows=rows)
    assert room.mine("ann") == ["person", "pk", "until"]
    off(1)
    assert room.mine("ann") == ["pk", "until"]
    off(2)
    assert room.mine("ann") == ["person", "pk"]


def test_turning_somebody_away_is_a_condition(off):
    source = "def view(person):\n    if not person:\n        raise Http404\n    return 200\n"
    room = made(source, "networks/things/views.py", Http404=LookupError)
    with pytest.raises(LookupError):
        room.view(None)
    off(1)
    assert room.view(None) == 200


def test_what_a_query_does_not_ask_of_a_person_is_left_alone():
    assert sites("def newest(network):\n    return rows.filter(network=network)\n") == []


def test_every_view_behind_the_door_is_met():
    decorated = [site for some in all_sites().values() for site in some if "@" in site.what]
    behind = 0
    for path in ROOT.glob("*/*/views.py"):
        text = path.read_text()
        behind += text.count("@network_page(") + text.count("@programme_page(")
    assert sum("_page(" in site.what and "/views.py" in site.path for site in decorated) == behind
    assert behind > 50


def test_the_run_tells_what_is_caught_and_what_is_not():
    """With two planted judges: nobody looks whether other ways in are taken for passkeys."""
    words = ["members/access/queries", "tests/mutate/planted.py"]
    base, mark, rest = os.environ["DATABASE_URL"].partition("?")
    where = os.environ | {"DATABASE_URL": f"{base.rpartition('/')[0]}/mutants{mark}{rest}"}
    run = subprocess.run(
        [sys.executable, "-m", "tests.mutate", *words],
        cwd=ROOT, env=where, capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert run.returncode == 1, run.stdout + run.stderr
    told = run.stdout.partition("Not caught:")[0]
    whose = told.index("without user= in")
    assert "caught by tests/mutate/planted.py::test_somebody_else" in told[whose : whose + 250]
    assert "type=" in run.stdout.partition("Not caught:")[2]
