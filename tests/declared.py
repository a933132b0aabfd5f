"""Every address, one row each; more in tests/rows/. What the columns mean: tests/pages.py."""

from datetime import timedelta

from members.audit.models import AuditEntry
from members.notices.actions import beat
from members.notices.models import Notice
from members.people.models import Person
from networks.discussions.models import Post, Thread
from networks.invitations.models import Invitation
from networks.membership.models import Membership
from networks.network.models import Network
from peernet.lib import clock, tokens
from sessions.calendar.actions import make_address
from sessions.calendar.models import CalendarFeed
from tests import cast, rows
from tests.pages import (
    DONE,
    LOGIN,
    NO,
    OK,
    Page,
    coordinators,
    everybody,
    facilitators,
    funders,
    here,
    members,
    nobody,
    signed_in,
)  # fmt: skip

# --- Arguments ---------------------------------------------------------------------------------


def of(*names):
    """The slug and the ids of things of the world: of("session") is ("care", 12)."""
    return lambda world: (world.place.slug, *(getattr(world, name).pk for name in names))


def person(world):
    return (world.place.slug, world["member"].pk)


def programme(world):
    return (world.programme.slug,)


def invitation_token(world):
    return (world.invitation.token,)


def deed_token(deed):
    """The link in a mail to the member, about the session to come."""

    def args(world):
        ann = world["member"]
        return (tokens.make(deed, world.session.pk, ann.pk, ann.token_version),)

    return args


def beating(_world):
    """The beat's heart has just beaten, however long the tests before took."""
    beat("heartbeat")
    return ()


def feed_token(world):
    """The address of the member's calendar feed; only its digest is stored, so it is made anew."""
    return (make_address(world["member"], by=world["member"]),)


# --- Rows for the query counts -------------------------------------------------------------------


def just_left(world):
    """Its former member left a moment ago, however long the other tests of this world took."""
    now = clock.now() - timedelta(minutes=1)
    Membership.objects.filter(network=world.place, person=world["former"]).update(until=now)
    return here(world)


def more_members(world, n):
    people = Person.objects.bulk_create(
        Person(email=f"m{i}-{n}@example.org", name=f"Member {i:04}") for i in range(n)
    )
    Membership.objects.bulk_create(Membership(network=world.place, person=p) for p in people)


def more_invitations(world, n):
    made = Invitation.objects.bulk_create(
        Invitation(network=world.place, email=f"i{i}-{n}@example.org", name=f"Invited {i:04}")
        for i in range(n)
    )
    Notice.objects.bulk_create(
        Notice(kind="invitation", about_id=one.pk, network_id=world.place.pk, address=one.email)
        for one in made
    )


def more_threads(world, n):
    threads = Thread.objects.bulk_create(
        Thread(
            network=world.place, room=world.room, title=f"Thread {i}", author=world["member"],
            posts_count=1,
        )
        for i in range(n)
    )  # fmt: skip
    posts = Post.objects.bulk_create(
        Post(network=world.place, thread=one, author=world["member"], text="a", html="<p>a</p>")
        for one in threads
    )
    for thread, post in zip(threads, posts, strict=True):
        thread.last_post_id = post.pk
    Thread.objects.bulk_update(threads, ["last_post_id"])


def more_posts(world, n):
    posts = Post.objects.bulk_create(
        Post(
            network=world.place, thread=world.thread, author=world["member"], text="a",
            html="<p>a</p>",
        )
        for _ in range(n)
    )  # fmt: skip
    Thread.objects.filter(pk=world.thread.pk).update(
        posts_count=n + 1, last_post_id=posts[-1].pk, last_post_at=posts[-1].posted_at
    )


def more_sessions(world, n):
    one = cast.session(world.place)
    rows = []
    for _ in range(n - 1):
        row = cast.copy(one)
        rows.append(row)
    type(one).objects.bulk_create(rows)


def more_networks(world, n):
    made = Network.objects.bulk_create(
        Network(name=f"Network {i}", slug=f"more-{n}-{i}", purpose="a") for i in range(n)
    )
    Membership.objects.bulk_create(Membership(network=one, person=world["member"]) for one in made)


def more_failed_mail(world, n):
    Notice.objects.bulk_create(
        Notice(kind="invitation", about_id=i, version=n, person=world["member"], state="failed")
        for i in range(n)
    )


def more_deeds(world, n):
    AuditEntry.objects.bulk_create(
        AuditEntry(deed="session.moved", actor=world["coordinator"], network_id=world.place.pk)
        for _ in range(n)
    )


def failed_mail(world):
    made, _new = Notice.objects.get_or_create(
        kind="invitation", about_id=world.invitation.pk, person=world["member"], state="failed"
    )
    return (made.pk,)


def more_feeds(world, n):
    made = Network.objects.bulk_create(
        Network(name=f"Network {i}", slug=f"n{i}-{n}", purpose="Tea") for i in range(n)
    )
    ann = world["member"]
    Membership.objects.bulk_create(Membership(network=one, person=ann) for one in made)
    CalendarFeed.objects.bulk_create(
        CalendarFeed(network=one, person=ann, digest=f"{one.pk}-{n}") for one in made
    )


# --- Who gets what -------------------------------------------------------------------------------

OWN_POST = nobody(member=DONE, facilitator=NO, coordinator=NO)
OPERATORS = nobody(operator=OK)
# Whoever was asked by the invitation, or has nothing to lose by trying: the rest are told so.
ASKED = everybody(NO, anonymous=DONE, invited=DONE)

ACCOUNTS = [
    Page("account_login", get=everybody(DONE), post=everybody(DONE), look_as="anonymous"),
    Page("account_request_login_code", get=everybody(LOGIN), post=everybody(LOGIN), look_as=None, why="leads on"),
    Page("account_confirm_login_code", get=signed_in(DONE), post=signed_in(DONE), look_as=None, why="needs a code under way: tests/members/people"),
    Page("account_signup", get=everybody(LOGIN), post=everybody(LOGIN), look_as=None, why="leads on"),
    Page("account_email_verification_sent", get=signed_in(DONE), post=signed_in(DONE), look_as=None, why="needs a code under way"),
    Page("account_logout", get=everybody(DONE), post=everybody(DONE), look_as="member"),
    Page("account_inactive", get=everybody(), look_as="anonymous"),
    Page("account_close", get=signed_in(), post=signed_in(DONE), look_as="coordinator"),
]  # fmt: skip

PAGES_OF_SEVERAL = [
    Page("home", get=everybody(), look_as="member", grow=more_threads, queries=6),
    Page("healthz", get=everybody(), args=beating, look_as=None, why="JSON for a machine"),
    Page("source", get=everybody(), look_as=None, why="an archive"),
    Page(
        "network_new",
        get=signed_in(),
        post=signed_in(DONE),
        look_as="outsider",
        kilobytes=62,
        why="500 time zones to choose from",
    ),
    Page("network", get=members(), args=here, look_as="member", grow=more_threads, queries=12),
    Page("run", get=coordinators(), args=here, grow=more_invitations, queries=25),
    Page("sent", get=coordinators(), args=here, grow=more_invitations),
    Page("log", get=members(), args=here, look_as="member", grow=more_deeds),
    Page("operate", get=OPERATORS, look_as="operator"),
    Page("operate_networks", get=OPERATORS, look_as="operator", grow=more_networks),
    Page("operate_people", get=OPERATORS, look_as="operator", grow=more_members),
    Page("operate_mail", get=OPERATORS, look_as="operator", grow=more_failed_mail),
    Page("operate_mail_retry", post=nobody(operator=DONE), args=failed_mail),
    Page("operate_log", get=OPERATORS, look_as="operator", grow=more_deeds),
]

NETWORKS = [
    Page("network_edit", get=coordinators(), post=coordinators(DONE), args=here, kilobytes=64),  # 500 time zones
    Page("charter", get=members(), post=members(DONE), args=here, look_as="member"),
    Page("charter_edit", get=coordinators(), post=coordinators(DONE), args=here),
    Page("charter_people", get=coordinators(), post=coordinators(DONE), args=here, grow=more_members),
    Page("grants", get=coordinators(), args=here),
    Page("grant_new", get=coordinators(), post=coordinators(DONE), args=here),
    Page("grant_edit", get=coordinators(), post=coordinators(DONE), args=of("grant")),
    Page("grant_sharing", get=coordinators(DONE), post=coordinators(DONE), args=of("grant"), look_as=None, why="leads back to the grants"),
    Page("grant_agree", get=funders(DONE), post=funders(DONE), args=lambda w: (w.programme.slug, w.grant.pk), look_as=None, why="leads back to the programme"),
    Page("funder_seat", get=nobody(invited="200"), post=nobody(invited=DONE), args=lambda w: (w.seat.pk,), look_as="invited"),
    Page("invitations", get=coordinators(), args=here, grow=more_invitations),
    Page("invite", get=coordinators(), post=coordinators(DONE), args=here),
    Page("invitation_edit", get=coordinators(), post=coordinators(DONE), args=of("invitation")),
    Page("invitation_send", post=coordinators(DONE), args=of("invitation")),
    Page("invitation_withdraw", post=coordinators(DONE), args=of("invitation")),
    Page("invitation_restore", post=coordinators(DONE), args=of("invitation")),
    Page("leave", post=members(DONE), args=here),
    Page(
        "left", get=nobody(former="200"), post=nobody(former=DONE), args=just_left,
        look_as="former",
    ),
    Page("join", get=everybody(), post=ASKED, args=invitation_token, look_as="anonymous"),
    Page("people", get=members(), args=here, look_as="member", grow=more_members),
    Page("people_export", post=coordinators(DONE), args=here),
    Page("person", get=members(), args=person, look_as="coordinator"),
    Page("role", post=coordinators(DONE), args=person),
    Page("person_remove", post=coordinators(DONE), args=person),
    Page("person_restore", post=coordinators(DONE), args=person),
    Page("import_new", get=coordinators(), post=coordinators(DONE), args=here),
    Page("import_check", get=coordinators(), post=coordinators(DONE), args=of("batch")),
    Page("import_sheet", get=coordinators(DONE), post=coordinators(DONE), args=of("batch"), look_as=None, why="leads back to the list"),
    Page("import_apply", get=coordinators(DONE), post=coordinators(DONE), args=of("batch"), look_as=None, why="leads back to the list"),
    Page("import_undo", get=coordinators(DONE), post=coordinators(DONE), args=of("batch"), look_as=None, why="leads back to the list"),
    Page("import_discard", get=coordinators(DONE), post=coordinators(DONE), args=of("batch"), look_as=None, why="leads back to the list"),
]  # fmt: skip

TALK = [
    Page("talk", get=members(), args=here, look_as="member", grow=more_threads, queries=3),
    Page("room", get=members(), args=of("room"), look_as="member", grow=more_threads, queries=3),
    Page("room_new", get=coordinators(), post=coordinators(DONE), args=here),
    Page("thread_new", get=members(), post=members(DONE), args=here, look_as="member"),
    Page("thread", get=members(), post=members(DONE), args=of("thread"), look_as="member", grow=more_posts, queries=4, spare=1, why="a long thread is read in parts: each moves the read mark"),
    Page("post_edit", get=OWN_POST, post=OWN_POST, args=of("thread", "post"), look_as="member"),
    Page("post_delete", post=OWN_POST, args=of("thread", "post")),
    Page("post_restore", post=nobody(member=DONE), args=of("thread", "post")),
    Page("post_unread", post=members(DONE), args=of("thread", "post")),
]  # fmt: skip

SESSIONS = [
    Page("calendar_feeds", get=signed_in(), post=signed_in(DONE), look_as="member", grow=more_feeds),
    Page("calendar_feed", get=everybody(), args=feed_token, look_as=None, why="a file for a calendar program, which signs in nowhere: its token names the reader"),
    Page("session_calendar", get=members(), args=of("session"), look_as=None, why="a file for a calendar"),
    Page("session_calendar_by_mail", get=everybody(), args=deed_token("answer"), look_as=None, why="a file for a calendar"),
    Page("sessions", get=members(), args=here, look_as="member", grow=more_sessions, queries=3),
    Page("session", get=members(), args=of("session"), look_as="member", queries=2),
    Page("session_plan", get=facilitators(), post=facilitators(DONE), args=here),
    Page("session_move", get=facilitators(), post=facilitators(DONE), args=of("session")),
    Page("session_message", get=facilitators(), post=facilitators(DONE), args=of("session")),
    Page("session_cancel", get=facilitators(), post=facilitators(DONE), args=of("session")),
    Page("session_take_on", get=members(), post=members(DONE), args=of("tentative"), look_as="member"),
    Page("rhythm", get=members(), args=of("cadence"), look_as="member"),
    Page("rhythm_end", get=facilitators(), post=facilitators(DONE), args=of("cadence")),
    Page("answer", get=members(DONE), post=members(DONE), args=of("session"), data=lambda w: {"answer": "yes"}, look_as=None, why="leads to the session"),
    Page("session_join", get=members(), post=members(DONE), args=of("session"), look_as="member"),
    Page("answer_by_mail", get=everybody(), post=everybody(), args=deed_token("answer"), look_as="anonymous"),
    Page("join_by_mail", get=everybody(), post=everybody(), args=deed_token("join"), look_as="anonymous"),
    Page("attendance", get=facilitators(), post=facilitators(DONE), args=of("past")),
    Page("attendance_upload", get=facilitators(DONE), post=facilitators(DONE), args=of("past"), look_as=None, why="leads back to attendance"),
    Page("attendance_missed", get=facilitators(DONE), post=facilitators(DONE), args=of("past"), look_as=None, why="leads back to attendance"),
    Page("attendance_check", get=facilitators(), post=facilitators(DONE), args=of("past", "file")),
    Page("attendance_remove", get=facilitators(DONE), post=facilitators(DONE), args=of("past", "file"), look_as=None, why="leads back to the file"),
]  # fmt: skip

EVALUATION = [
    Page("programme", get=funders(), args=programme, look_as="funder", kilobytes=80),
    Page("figure", get=signed_in(), args=lambda world: ("sessions-held",), look_as="funder"),
]

PAGES = [*ACCOUNTS, *PAGES_OF_SEVERAL, *NETWORKS, *TALK, *SESSIONS, *EVALUATION, *rows.gathered()]
