"""A database of the wished size from an empty one: one INSERT … SELECT for each table, numbers for
chance, so that it is the same each time. The large one takes twenty minutes, most of them for
the words that posts are found by; it is kept for the next run.

Posts of a thread lie far apart, as they do where a hundred networks talk at once.
"""

from datetime import date

from allauth.account.models import EmailAddress
from django.core.management.color import no_style
from django.db import connection, transaction

from members.notices.models import Notice
from members.organisations.models import Affiliation, Organisation
from members.people.models import Person
from networks.discussions.models import Follow, Post, ReadMark, Room, Thread
from networks.funding.models import Funder, FunderSeat, Grant, Programme
from networks.membership.models import CharterAcceptance, Membership
from networks.network.models import Charter, Network
from networks.seats.models import Holding, Seat
from sessions.attendance.models import Attendance
from sessions.cadence.models import Session
from sessions.meetings.models import Answer

from .rows import write
from .settle import SETTLE
from .size import BLOCK, COORDINATOR, LONG, NEW, PROGRAMME, READER, SESSIONS, THREADS, Size
from .words import paragraphs

MODELS = [
    Person, EmailAddress, Organisation, Affiliation, Network, Charter, CharterAcceptance, Room,
    Seat, Holding, Membership, Funder, Programme, Grant, FunderSeat, Thread, Post, Follow, ReadMark,
    Session, Attendance, Answer, Notice,
]  # fmt: skip


def fill(size: Size, today: date) -> None:
    """Fill the empty database that Django is connected to; `today` is what all dates count from."""
    rows(size, today)
    for make in SETTLE:
        make()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def rows(size: Size, today: date) -> None:
    """The rows alone, all or none."""
    with transaction.atomic(), connection.cursor() as cursor:
        # No look-up of each key in another table: a million times three would take a minute more.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL jit = off")
        _numbers(cursor, size, today)
        _people(size)
        _networks(size)
        _money(size)
        _talk(size)
        _sessions(size)
        _fragments(size)
        for statement in connection.ops.sequence_reset_sql(no_style(), MODELS):
            cursor.execute(statement)


def _numbers(cursor, size: Size, today: date) -> None:
    """Tables for the time of filling: the day, the words, and who is in which network."""
    cursor.execute("CREATE TEMP TABLE bench_day ON COMMIT DROP AS SELECT %s::date AS day", [today])
    cursor.execute("CREATE TEMP TABLE bench_word (id int PRIMARY KEY, text text) ON COMMIT DROP")
    cursor.execute(
        "INSERT INTO bench_word SELECT nr - 1, t FROM unnest(%s) WITH ORDINALITY AS w (t, nr)",
        [paragraphs()],
    )
    # In a small place two of five are in the first network: else it would have eight people.
    home = (
        f"1 + (p - 1) %% {size.networks}"
        if size.members >= 1000 * PROGRAMME
        else f"CASE WHEN p <= {size.members * 2 // 5} THEN 1 ELSE 2 + p %% {size.networks - 1} END"
    )
    cursor.execute(
        f"""CREATE TEMP TABLE bench_member ON COMMIT DROP AS
        SELECT network, p AS person, row_number() OVER (PARTITION BY network ORDER BY p) - 1 AS nr,
               count(*) OVER (PARTITION BY network) AS of
        FROM (
            SELECT {home} AS network, p FROM generate_series(1, %s) AS p
            UNION SELECT network, {READER} FROM generate_series(1, 3) AS network
            UNION SELECT 1, p FROM generate_series(2, %s, 500) AS p
        ) AS spell""",
        [size.members, size.members],
    )
    cursor.execute("CREATE INDEX ON bench_member (network, nr)")
    cursor.execute("ANALYZE bench_member, bench_word")


def _people(size: Size) -> None:
    every = f"generate_series(1, {size.funder}) AS p, bench_day"
    email = "'p' || p || '@example.org'"
    zones = "(ARRAY['Europe/London', 'Europe/London', 'Europe/Paris', 'Europe/Warsaw'])[1 + p % 4]"
    write(
        Person, every, id="p", email=email, name="'Person ' || p", zone=zones, quiet_hours="false",
        joined_at="day - 900", password="'!'",
    )  # fmt: skip
    write(EmailAddress, every, user_id="p", email=email, verified="true", **{'"primary"': "true"})
    bodies = max(10, size.members // 5)
    write(
        Organisation, f"generate_series(1, {bodies}) AS o", id="o", name="'Organisation ' || o",
        region="'Region ' || o % 12",
    )  # fmt: skip
    write(Affiliation, every, person_id="p", organisation_id=f"1 + p % {bodies}", since="day - 900")


def _networks(size: Size) -> None:
    every = f"generate_series(1, {size.networks}) AS n, bench_day"
    write(
        Network, every, id="n", name="'Network ' || n", slug="'network-' || n",
        purpose="'To learn from each other.'", opened_at="day - 900", accent="1 + n % 5",
    )  # fmt: skip
    write(Charter, every, id="n", network_id="n", version="1", text="'Be kind.'")
    write(CharterAcceptance, "bench_member", charter_id="network", person_id="person")
    write(Room, every, id="2 * n - 1", network_id="n", name="'Everyone'", kind="'open'")
    write(Room, every, id="2 * n", network_id="n", name="'In trust'", kind="'trusted'")
    seat = "FROM bench_member JOIN members_affiliation a ON a.person_id = person"
    write(
        Seat, f"(SELECT DISTINCT network, organisation_id {seat}) AS s, bench_day",
        network_id="network", organisation_id="organisation_id", since="day - 900",
    )  # fmt: skip
    write(
        Holding,
        "bench_member JOIN members_affiliation a ON a.person_id = person JOIN networks_seat seat"
        " ON seat.network_id = network AND seat.organisation_id = a.organisation_id, bench_day",
        seat_id="seat.id", person_id="person", part="'deputy'", since="day - 800",
    )  # fmt: skip
    write(
        Membership, "bench_member, bench_day",
        network_id="network", person_id="person", since="day - 800",
        role="CASE nr WHEN 1 THEN 'coordinator' ELSE 'member' END", steps_put_away="true",
    )  # fmt: skip


def _money(size: Size) -> None:
    one = "bench_day"
    write(Funder, one, id="1", name="'Example Trust'")
    write(Programme, one, id="1", funder_id="1", name="'Peer Networks'", slug="'peer-networks'")
    write(
        Grant, f"generate_series(1, {PROGRAMME}) AS n, bench_day", network_id="n",
        programme_id="1", amount="60000", starts_on="day - 730", ends_on="day + 365",
        network_agreed_at="day - 700", funder_agreed_at="day - 700",
    )  # fmt: skip
    write(
        FunderSeat, one, funder_id="1", email="'funder@example.org'",
        person_id=str(size.funder), since="day - 700",
    )  # fmt: skip


def _talk(size: Size) -> None:
    """Forty threads of each thousand posts, in turns: those of a thread are never side by side."""
    some = size.talking
    numbers = f"""(
        SELECT g, h, 1 + r % {some} AS n, (era * {some} + r % {some}) * {THREADS} + 1
               + CASE WHEN i % 4 < 3 THEN (i - i / 4) % {LONG}
                      ELSE {LONG} + i / 4 % {THREADS - LONG} END AS thread
        FROM (SELECT g, g * 2654435761 % 4294967296 AS h, (g - 1) / {BLOCK * some} AS era,
                     (g - 1) % {BLOCK * some} AS r, (g - 1) % {BLOCK * some} / {some} AS i
              FROM generate_series(1::bigint, {size.posts}) AS g) AS number
    ) AS post
    JOIN bench_word a ON a.id = h % 20000 JOIN bench_word b ON b.id = h / 20000 % 20000
    JOIN bench_word c ON c.id = h / 7 % 20000
    JOIN bench_member m ON m.network = n AND m.nr = h / 3 % m.of, bench_day"""
    words, p = "a.text || {0} || b.text || {0} || c.text", "E'</p>\\n<p>'"
    write(
        Post, f"{numbers} ORDER BY g", id="g", network_id="n", thread_id="thread",
        author_id="m.person", text=words.format("E'\\n\\n'"),
        html=f"'<p>' || {words.format(p)} || E'</p>\\n'",
        posted_at=f"day - 730 * (1 - g::float / {size.posts}) * interval '1 day'",
    )  # fmt: skip
    write(
        Thread,
        """(SELECT thread_id, network_id, count(*) AS posts, min(id) AS first, max(id) AS last,
                   max(posted_at) AS at FROM networks_post GROUP BY 1, 2) AS thread
        JOIN networks_post post ON post.id = first
        JOIN bench_word w ON w.id = thread.thread_id * 7919 % 20000""",
        id="thread.thread_id", network_id="thread.network_id", title="left(w.text, 60)",
        room_id=f"2 * thread.network_id - (thread.thread_id % {THREADS} < 38)::int",
        author_id="author_id", started_at="posted_at", posts_count="posts", last_post_id="last",
        last_post_at="at",
    )  # fmt: skip
    _heard_and_read(size)


def _heard_and_read(size: Size) -> None:
    write(
        Follow, f"bench_member WHERE network = 1 AND person <> {COORDINATOR} AND nr < 1001",
        network_id="network", thread_id=str(size.followed), person_id="person", **{'"on"': "true"},
    )  # fmt: skip
    # The reader has read all but a few of the newest; everybody else ten threads of theirs.
    new = ", ".join(str(size.first_thread + 1 + number) for number in NEW)
    write(
        ReadMark, "networks_thread thread WHERE network_id <= 3", network_id="network_id",
        thread_id="id", person_id=str(READER),
        last_post_id=f"""CASE WHEN id IN ({new}) THEN (SELECT min(id) FROM networks_post post
            WHERE post.network_id = thread.network_id AND thread_id = thread.id)
            ELSE last_post_id END""",
    )  # fmt: skip
    write(
        ReadMark,
        f"""bench_member m JOIN networks_thread t ON t.network_id = m.network
        AND t.id % {THREADS} IN (1, 21) WHERE t.id > {size.posts // BLOCK * THREADS // 2}
        AND m.person <> {READER}""",
        network_id="m.network", thread_id="t.id", person_id="m.person",
        last_post_id="t.last_post_id",
    )  # fmt: skip
    write(
        Notice, "networks_post", kind="'post'", about_id="id", person_id="author_id",
        network_id="network_id", due_at="posted_at", created_at="posted_at",
        settled_at="posted_at", state="'sent'",
    )  # fmt: skip


def _sessions(size: Size) -> None:
    """Two hundred in the first network, every third day, half of them to come; in the others one
    each fortnight for two years. Each network meets tomorrow, which all have answered."""
    half = SESSIONS // 2
    days = f"""(
        SELECT 1 AS n, k + {half + 1} AS id, 3 * k + 1 AS ahead
        FROM generate_series(-{half}, {half - 1}) AS k
        UNION ALL SELECT 1, {SESSIONS} + k, -370 - 15 * k FROM generate_series(1, 24) AS k
        UNION ALL SELECT n, {SESSIONS} + 100 * n + k, 15 * k + 1
        FROM generate_series(2, {size.networks}) AS n, generate_series(-48, 3) AS k
    ) AS session, LATERAL (SELECT day + ahead AS on, (day + ahead + time '10:30')
        AT TIME ZONE 'Europe/London' AS at FROM bench_day) AS slot"""  # fmt: skip
    past = "CASE WHEN ahead < 0 THEN {} ELSE {} END"
    write(
        Session, days, id="id", network_id="n", title="'Session ' || id", type="'meeting'",
        date='slot."on"', time="'10:30'", zone="'Europe/London'", starts_at="at",
        ends_at="at + interval '90 minutes'", link="'https://meet.example.org/' || id",
        agenda="'What we learned, and what is next.'", state=past.format("'held'", "'planned'"),
        settled_at=past.format("at + interval '2 hours'", "NULL"),
        sure_since="at - interval '90 days'",
        uid="md5('session' || id)::uuid",
    )  # fmt: skip
    members = "peer_sessions_session s JOIN bench_member m ON m.network = s.network_id"
    write(
        Attendance, f"{members} WHERE s.state = 'held' AND m.network <= {PROGRAMME}"
        " AND (m.person * 7919 + s.id * 104729) % 5 < 3",
        session_id="s.id", person_id="m.person", source="'tick'", at="s.ends_at",
    )  # fmt: skip
    reply = "CASE WHEN m.person % 5 = 0 THEN 'maybe' ELSE 'yes' END"
    write(
        Answer, f"{members}, bench_day WHERE s.date = day + 1 OR s.state = 'planned'"
        f" AND s.network_id = 1 AND (m.nr < 30 OR m.person = {READER})",
        session_id="s.id", person_id="m.person", reply=reply, at="day - 2",
    )  # fmt: skip


def _fragments(size: Size) -> None:
    """For the limits: what a post looks like, stored, of the threads that are measured."""
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TABLE bench_fragment AS
            SELECT post.id AS post_id, thread_id, network_id, format(
                '<article class="post" id="post-%%s" tabindex="-1"><div><header><b>%%s</b>
                <a href="?before=%%s"><time datetime="%%s">%%s</time></a></header>
                <div class="said">%%s</div><details class="deeds"><summary>More
                <span class="unseen">: %%s</span></summary><div class="buttons"><a
                class="button quiet" href="?quote=%%s" data-quote>Quote</a>
                <button class="button quiet" form="deeds"
                formaction="posts/%%s/unread/">Mark unread from here</button></div></details></div>
                </article>', post.id, person.name, post.id, posted_at, posted_at, html,
                person.name, post.id, post.id) AS html
            FROM networks_post post JOIN members_person person ON person.id = author_id
            WHERE network_id = 1 AND thread_id = ANY(%s)""",
            [size.long_threads],
        )
        cursor.execute("CREATE INDEX ON bench_fragment (network_id, thread_id, post_id)")
