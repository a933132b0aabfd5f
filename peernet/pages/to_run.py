"""What needs a coordinator: the first steps of a new network, and This week on Run."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.notices.models import Notice, NoticeState
from members.notices.notices import private_kinds
from members.people.models import Person
from networks.funding.queries import funded_until
from networks.invitations.models import Invitation
from networks.invitations.queries import to_answer
from networks.joining import queries as joining
from networks.links.queries import proposed_to
from networks.membership.models import Membership
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import clock, words
from sessions.cadence.models import Session, SessionState
from sessions.cadence.queries import needs_someone

LET_BE = timedelta(days=3)  # so long nobody has to mind that an invitation was not taken up
NAMED = 3  # of those who ask


@dataclass(frozen=True)
class Task:
    """Something to do: a line that links to where it is done."""

    title: str
    url: str
    meta: str = ""
    tag: str = ""
    kind: str = ""


def put_away(network: Network, person: Person) -> bool:
    """Whether the person wants to see no first steps of the network any more."""
    spells = Membership.objects.filter(network=network, person=person, steps_put_away=True)
    return spells.current().exists()


def first_steps(network: Network) -> list[tuple[Task, bool]]:
    """What a new network needs, in order, and whether it is done (ux.md 12).

    Not every network has money: once it has people and sessions, nobody is asked who pays.
    """
    asked = Invitation.objects.filter(network=network, withdrawn_at=None).exists()
    invited = asked or members(network).count() > 1
    planned = network.sessions.exists()
    paid = network.grants.exists() or (invited and planned)
    steps = [
        ("network_edit", _("Name it, say what it is for, and set the house rules"), "", True),
        (
            "grants",
            _("Write down who pays, and until when"),
            _("Nobody pays? Go on to the next."),
            paid,
        ),
        ("import_new", _("Invite people, from your spreadsheet or one by one"), "", invited),
        ("session_plan", _("Plan the sessions"), "", planned),
    ]
    return [
        (Task(title, reverse(page, args=[network.slug]), meta), done)
        for page, title, meta, done in steps
    ]


def this_week(network: Network) -> list[Task]:
    """What needs a coordinator now, each a link to where it is done."""
    return [
        *_to_record(network),
        *_asking(network),
        *_asked_in(network),
        *_asked_to_link(network),
        *_needing_somebody(network),
        *_not_joined(network),
        *_not_delivered(network),
        *_money(network),
    ]


def _to_record(network: Network) -> list[Task]:
    now = clock.now()
    over = Session.objects.filter(network=network, state=SessionState.PLANNED, ends_at__lte=now)
    return [
        Task(
            _("Say who came: %(title)s") % {"title": session.title},
            reverse("attendance", args=[network.slug, session.pk]),
            words.when(session.starts_at),
        )
        for session in over.order_by("-starts_at")[:5]
    ]


def _needing_somebody(network: Network) -> list[Task]:
    waiting = list(needs_someone(network)[:20])
    if not waiting:
        return []
    title = ngettext(
        "%(n)s session after the funding needs somebody to take it on",
        "%(n)s sessions after the funding need somebody to take them on",
        len(waiting),
    ) % {"n": len(waiting)}
    first = words.day(waiting[0].starts_at)
    return [
        Task(
            title,
            reverse("sessions", args=[network.slug]),
            _("The first is on %(day)s.") % {"day": first},
        )
    ]


def _asking(network: Network) -> list[Task]:
    """People who ask to join or to come back, while it is our turn."""
    asked = list(joining.waiting(network).exclude(waits_since=None)[:20])
    if not asked:
        return []
    title = ngettext("%(n)s person asks to join", "%(n)s people ask to join", len(asked)) % {
        "n": len(asked)
    }
    names = words.listed([one.person.shown_name for one in asked[:NAMED]])
    return [Task(title, reverse("requests", args=[network.slug]), names)]


def _asked_in(network: Network) -> list[Task]:
    """Nominations, and people whose invitation has run out, that wait for a yes or no."""
    count = to_answer(network).count()
    title = ngettext(
        "%(n)s invitation needs your yes", "%(n)s invitations need your yes", count
    ) % {"n": count}
    return [Task(title, reverse("requests", args=[network.slug]))] if count else []


def _asked_to_link(network: Network) -> list[Task]:
    """Networks that ask to be linked with this one, and wait for its answer."""
    asked = list(proposed_to(network)[:20])
    if not asked:
        return []
    title = ngettext(
        "%(n)s network asks to be linked", "%(n)s networks ask to be linked", len(asked)
    ) % {"n": len(asked)}
    names = words.listed([one.asker.name for one in asked[:NAMED]])
    return [Task(title, reverse("links", args=[network.slug]), names)]


def _not_joined(network: Network) -> list[Task]:
    """Only who had some days to look at it, or whom it did not reach."""
    lost = Notice.objects.of_network(network).filter(kind="invitation", state=NoticeState.FAILED)
    rows = Invitation.objects.sent().filter(network=network)
    count = rows.filter(
        Q(sent_at__lt=clock.now() - LET_BE) | Q(pk__in=lost.values("about_id"))
    ).count()
    if not count:
        return []
    title = ngettext(
        "%(n)s person has not joined yet", "%(n)s people have not joined yet", count
    ) % {"n": count}
    return [
        Task(
            title,
            reverse("invitations", args=[network.slug]),
            _("Send the invitation again, correct it, or let it be."),
        )
    ]


def _not_delivered(network: Network) -> list[Task]:
    month = clock.now() - timedelta(days=30)
    rows = Notice.objects.of_network(network).exclude(kind__in=private_kinds())
    lost = rows.filter(state=NoticeState.FAILED, settled_at__gte=month).count()
    if not lost:
        return []
    title = ngettext("%(n)s message did not arrive", "%(n)s messages did not arrive", lost) % {
        "n": lost
    }
    url = reverse("sent", args=[network.slug]) + f"?state={NoticeState.FAILED}"
    return [Task(title, url, _("See to whom, and why."))]


def _money(network: Network) -> list[Task]:
    last = funded_until(network)
    today = clock.today(network.zone)
    if last is None or last < today or (last - today).days > 180:
        return []
    return [
        Task(
            _("The funding ends on %(day)s") % {"day": words.day(last)},
            reverse("grants", args=[network.slug]),
            _("Sessions after that day are not confirmed unless somebody takes them on."),
        )
    ]
