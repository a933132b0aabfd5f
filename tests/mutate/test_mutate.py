"""The run that takes permission conditions away: it finds them, and tells who notices."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.db.models import Q

from tests.mutate import switch
from tests.mutate.memory import Memory, named
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


def test_with_nothing_off_a_part_is_just_what_it_was():
    """Not only as true or as false: the None of an `and` may be what is asked for."""
    source = "def of(person, one):\n    return found.get(one and one.pk)\n"
    room = made(source, "networks/things/queries.py", found={None: "all", 7: "seven"})
    assert room.of("ann", None) == "all"
    assert room.of("ann", SimpleNamespace(pk=7)) == "seven"


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


def test_how_tables_are_joined_and_what_is_looked_for_is_no_condition():
    joined = "def f(person):\n    return rows.filter(thread=OuterRef('pk'), network=here)\n"
    soon = "def f(person):\n    return rows.filter(starts_at__gt=now, name__icontains=word)\n"
    what = "def f(person):\n    return rows.filter(state=HELD, reply=YES)\n"
    assert sites(joined) == sites(soon) == sites(what) == []
    whose = "def f(person):\n    return rows.filter(person=person, until__gt=then, network=here)\n"
    assert len(sites(whose)) == 3


def test_a_right_of_several_becomes_everybody_s_and_is_not_taken_away(off):
    source = "def mine(person):\n    return Q(cohort=None) | Q(cohort__in=person.cohorts)\n"
    room = made(source, "networks/things/queries.py", Q=Q)
    ann = SimpleNamespace(cohorts=[1])
    assert room.mine(ann) == Q(cohort=None) | Q(cohort__in=[1])
    off(2)
    assert room.mine(ann) == Q(cohort=None) | ~Q(pk__in=[])


def test_several_processes_share_one_memory_and_a_later_run_goes_on_with_it(tmp_path):
    one, other = (Memory(tmp_path / "mutate.jsonl") for _ in range(2))
    assert one.claim("near:tests/test_a.py 1")
    assert not other.claim("near:tests/test_a.py 1")
    one.add(caught="networks/a.py without b #1", by="tests/test_a.py::test_b")
    one.add(broken="tests/test_a.py::test_c", why="away")
    one.add(test="tests/test_a.py::test_c", seconds=0.1, met=[])
    other.look()
    assert other.caught == {"networks/a.py without b #1": "tests/test_a.py::test_b"}
    assert not other.broken, "it passed when it was tried again"
    one.forget_claims()
    assert other.claim("near:tests/test_a.py 1")


def test_a_condition_keeps_its_name_when_its_line_moves():
    source = "def mine(person):\n    return rows.filter(person=person)\n"
    before, after = (rewritten(text, "networks/a/queries.py", 1)[1] for text in (
        source, f"import this\n\n{source}"
    ))  # fmt: skip
    assert before[0].line != after[0].line
    assert named(before) == named(after)


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
