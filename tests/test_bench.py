"""The bench itself, in small: that it fills, opens, counts and prints, and sees a slow page. What
it measures is never asserted: times are no tests."""

import json
from argparse import Namespace
from contextlib import closing
from datetime import UTC, datetime

import psycopg2
import pytest
from django.db import connection

from networks.charter.queries import owing
from networks.discussions.models import Post, Thread
from networks.network.models import Charter
from peernet.embedded.processes import alone, end
from peernet.lib.text import html
from tests.bench import fill, goals, run, table
from tests.bench.__main__ import NAMES, asked
from tests.bench.measure import Cost, Wrong, alternating, flat, measured
from tests.bench.memory import Memory, name_of
from tests.bench.pages import LIMITS, PAGES, Page
from tests.bench.size import COORDINATOR, SMALL, Size
from tests.bench.stack import Servers, made_by

LARGER = Size(2_000, 100)
ALL = Namespace(pages=set(NAMES) - {"memory"}, rounds=1, seconds=0.0)


pytestmark = pytest.mark.timeout(900)  # its fixture fills two databases


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """One whole run over two small databases, and its servers."""
    var = tmp_path_factory.mktemp("bench")
    with alone(var) as children:
        report, servers = table.Report(), Servers(var, children, "test_")
        for size in SMALL, LARGER:
            servers.drop(size)
        sites = run.pages_and_deeds(report, servers, [SMALL, LARGER], ALL)
        yield Namespace(report=report, servers=servers, sites=sites, var=var)
        end(*children.all)  # all at once: one by one takes as long as it is many


@pytest.fixture(scope="module")
def bare(bench):
    """limits.py over both databases."""
    return [run.open_bare(bench.servers, site) for site in bench.sites]


def planted(bench, bare, path, holds):
    """What the table says of a planted page of limits.py."""
    page = Page("planted", lambda site: [path], holds)
    database = bench.servers.postgresql
    found = alternating(bare, 1, lambda site: measured(page, site, database, 0))
    by_size = {site.size.posts: costs for site, costs in zip(bare, found, strict=True)}
    return by_size, table.lines_of(page, by_size, {})


def test_every_page_answers_at_both_sizes_and_costs_something(bench):
    assert set(bench.report.limits) == {page.name for page in LIMITS}
    there = {page.name for page, _found in bench.report.pages}
    missing = {page.name for page in PAGES} - there
    assert missing <= {"search", "search, common"}  # as long as there is no search
    assert bool(missing) != bool(bench.sites[0].keys["search"])
    for page, found in bench.report.pages:
        for [cost] in found.values():
            assert cost.p50 > 0, page.name
            assert cost.statements > 0, page.name


def test_its_pages_show_the_same_in_both_sizes(bench):
    for page, found in bench.report.pages:
        # The one counts people and posts, the other finds what there is.
        if page.name not in ("funder", "search, common"):
            [small], [large] = found.values()
            assert small.statements == large.statements, page.name
            assert abs(small.kilobytes - large.kilobytes) < 0.1 * large.kilobytes + 1, page.name


def test_a_page_that_is_not_what_it_should_be_stops_the_bench(bench):
    site, database = bench.sites[0], bench.servers.postgresql
    with pytest.raises(Wrong, match="does not show 'nobody says this'"):
        measured(Page("help", lambda site: ["/help/"], "nobody says this"), site, database, 0)
    with pytest.raises(Wrong, match=r"took \d+ statements, not 1"):
        measured(Page("dear", lambda site: ["/n/network-1/people/"], budget=1), site, database, 0)
    with pytest.raises(Wrong, match="answered 404, not 200"):
        measured(Page("gone", lambda site: ["/n/nowhere/"]), site, database, 0)


def test_a_planted_statement_for_each_row_is_seen_in_the_table(bench, bare):
    found, lines = planted(bench, bare, "/row-by-row/", " posts")
    ratio = flat(*found.values())  # what it is depends on what else the machine does
    [small], [large] = found.values()
    assert 1_000 < small.statements < 1_100 < 2_000 < large.statements  # and a few replies' own
    assert f" {small.statements} " in lines[0]
    assert lines[1].endswith(table.flatness(ratio))


def test_a_planted_wait_is_seen_in_the_table(bench, bare):
    found, lines = planted(bench, bare, "/asleep/", "asleep")
    [small], [large] = found.values()
    assert min(small.p50, large.p50) >= 30
    assert f"{small.p50:.1f}" in lines[0]


def test_a_run_is_kept_as_a_line_of_json(bench):
    where = bench.var / "runs.jsonl"
    for _ in range(2):
        table.keep(bench.report, where, rounds=1)
    first, second = map(json.loads, where.read_text().splitlines())
    assert first["pages"] == second["pages"]
    assert first["pages"]["home"]["1000"]["statements"] > 0
    assert first["memory_mb"]["bench_1000"] > 20


def test_reminders_are_written_once_and_as_many_as_raw_sql_writes(bench):
    for deeds in bench.report.deeds.values():
        first, again, raw = (deeds[f"remind{more}"] for more in ("", ", nothing new", ", raw SQL"))
        assert first["rows"] == again["rows"] == raw["rows"] > 100


def test_the_replies_are_told_to_all_whom_raw_sql_tells(bench):
    for deeds in bench.report.deeds.values():  # and to those who wrote in the thread
        assert deeds["tell"]["rows"] >= deeds["tell, raw SQL"]["rows"] > 20 * 30


def test_every_goal_is_judged_by_a_whole_run_and_none_by_an_empty_one(bench):
    found = dict(goals.judged(bench.report))
    assert [name for name, numbers in found.items() if not numbers] == []
    assert {name[:2] for name in found} == {f"G{number}" for number in range(1, 9)}
    assert {line.split()[-1] for line in goals.lines(table.Report())} == {"measured"}


def test_the_next_run_uses_the_same_database_and_finds_it_as_it_was(bench):
    bench.servers.site(SMALL)
    [posts, notices] = asked_of(
        bench.sites[0], "SELECT count(*) FROM networks_post", "SELECT count(*) FROM members_notice"
    )
    assert (posts, notices) == (1_000, 1_000)  # the replies of the run are gone
    spread = asked_of(bench.sites[1], "SELECT max(date) FROM peer_sessions_session")[0]
    asked_of(bench.sites[1], "UPDATE bench_filled SET day = day - 3 RETURNING 1")
    bench.servers.site(LARGER)
    later = asked_of(bench.sites[1], "SELECT max(date) FROM peer_sessions_session")[0]
    assert (later - spread).days == 3  # so it was not filled anew: its sessions moved on


def test_a_database_that_was_filled_otherwise_is_made_anew(bench):
    address = bench.servers.database("test_bench_other", "as it is")
    with closing(psycopg2.connect(address)) as there, there.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_filled AS SELECT 'as it is' AS made_by")
        there.commit()
    bench.servers.database("test_bench_other", "as it is")
    assert made_by(address) == "as it is"
    bench.servers.database("test_bench_other", "otherwise")
    assert made_by(address) == ""


# --- What it is filled with ----------------------------------------------------------------------


@pytest.mark.django_db
def test_filling_is_the_same_each_time_and_what_the_house_itself_would_have_written(bench):
    """Once here in the tests' own database, once in a process of its own."""
    fill.rows(SMALL, datetime.now(UTC).date())
    with connection.cursor() as cursor:
        mine = digests(cursor)
    with closing(psycopg2.connect(bench.sites[0].env["DATABASE_URL"])) as other:
        assert mine == digests(other.cursor())
    connection.check_constraints()  # keys were not looked up while it was filled
    for post in Post.objects.order_by("pk")[:1000:50]:
        assert post.html == html(post.text)
        assert post.author.memberships.filter(network=post.network_id).exists()
    assert not any(owing(one).exists() for one in Charter.objects.all()), "nobody is refused"
    lengths = []
    for thread in Thread.objects.select_related("room"):
        last = thread.posts.order_by("-pk").first()
        assert (thread.last_post_id, thread.last_post_at) == (last.pk, last.posted_at)
        assert thread.posts_count == thread.posts.count()
        assert thread.room.network_id == thread.network_id
        lengths.append(thread.posts_count)
    assert sorted(lengths) == [10] * 25 + [50] * 15


DIGEST = """SELECT md5(string_agg(row, '' ORDER BY row)) FROM (
    SELECT (to_jsonb(t) - '{id,seat_id,last_login,article,look}'::text[])::text AS row
    FROM %s AS t WHERE %s
) AS rows"""
# What a run of the bench itself has written, or may have.
BUT = {
    "networks_post": f"id <= {SMALL.posts}",
    "members_notice": f"kind = 'post' AND about_id <= {SMALL.posts}",
    "networks_thread": f"id <> {SMALL.followed}",
    "networks_readmark": f"person_id <> {COORDINATOR}",
}


def digests(cursor):
    """A digest of what every filled table says."""
    cursor.execute("SET TIME ZONE 'UTC'")
    found = {}
    for model in fill.MODELS:
        name = model._meta.db_table
        cursor.execute(DIGEST % (name, BUT.get(name, "true")))
        [found[name]] = cursor.fetchone()
    return found


def asked_of(site, *statements):
    """One value of each statement, in the site's database."""
    with closing(psycopg2.connect(site.env["DATABASE_URL"])) as there, there.cursor() as cursor:
        found = []
        for statement in statements:
            cursor.execute(statement)
            found.append(cursor.fetchone()[0])
        there.commit()
        return found


# --- What it says --------------------------------------------------------------------------------


def cost(cpu, p50=1.0):
    return Cost(100, p50, 2 * p50, cpu, 0, 3, 10)


def test_flat_is_the_median_of_rounds_side_by_side():
    quiet, busy = cost(4), cost(8)
    assert flat([quiet, busy, quiet], [quiet, busy, busy]) == 1.0
    assert flat([quiet] * 3, [busy] * 3) == pytest.approx(0.5, abs=0.01)
    assert table.flatness(0.79) == "0.79  NOT FLAT"
    assert table.flatness(0.80) == "0.80"


def test_rounds_alternate_so_that_a_busy_minute_meets_both_sizes():
    order = []
    alternating(["small", "large"], 3, order.append)
    assert order == ["small", "large", "large", "small", "small", "large"]


def test_a_page_below_its_goal_says_so():
    page = Page("thread", lambda site: [], limit="floor", goal=0.5)
    assert table.of_limit(page, 0.31) == "0.31 floor, < 0.5"
    assert table.of_limit(page, 0.62) == "0.62 floor"


def test_a_goal_that_is_missed_says_so_and_by_how_much():
    report = table.Report(limits={"auth": [cost(1)]})
    page = Page("session", lambda site: [])
    report.pages.append((page, {1000: [cost(2)], 1_000_000: [cost(4)]}))
    [line] = [one for one in goals.lines(report) if one.startswith("G3 session")]
    assert "NOT REACHED" in line
    assert "session / auth 0.25 (≥ 0.4)" in line
    report.pages[0][1][1_000_000] = [cost(2)]
    assert "reached" in goals.lines(report)[3]
    assert goals.kept(report)["G3 session"]["reached"] is True
    assert goals.kept(report)["G7 remind"]["reached"] is None


def test_memory_that_grows_is_seen_and_a_warm_up_is_not():
    steady, leaking, huge = Memory(), Memory(), Memory()
    for number in range(30):
        steady.take({"web": 200 + min(number, 9) * 5, "postgresql": 100})
        leaking.take({"web": 200 + number * 5, "postgresql": 100})
        huge.take({"web": 1001})
    assert steady.misses == []
    assert [line.split(":")[0] for line in leaking.misses] == ["it grows"]
    assert huge.misses == ["1001 MB in all, at most 1000 it may be"]


def test_each_process_of_the_stack_has_its_name():
    lines = {
        "python -m celery -A peernet worker -l warning": "worker",
        "python -m celery -A peernet beat -l warning": "beat",
        "python -m gunicorn peernet.wsgi -w 2": "web",
        "postgres: postgres postgres [local] idle": "postgresql",
        "python -m peernet.embedded.run": "launcher",
        "python -m django watch": "watch",
    }
    assert {words: name_of(words) for words in lines} == lines


def test_pages_are_chosen_by_name(capsys):
    assert asked(["thread", "home", "--rounds", "1"]).pages == {"thread", "home"}
    assert asked([]).pages == set(NAMES)
    with pytest.raises(SystemExit):
        asked(["nosuch"])
    assert "unknown: nosuch" in capsys.readouterr().err
