"""What this room sends: does it still stand, may we name you; and its part of the weekly mail."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from members.digest.rules import Item
from members.notices.models import Notice
from members.notices.notices import Kind
from members.people.models import Person
from networks.discussions.models import Mute, Post, ReadMark
from networks.preferences import queries as preferences
from peernet.lib import mail, words
from peernet.lib.pages import address

from . import models
from .models import Entry
from .queries import fits, poster
from .rules import ASKS_IN_WEEKLY, IN_WEEKLY, STANDING

MOST_IN_ALL = 100  # looked at for one weekly mail
TOLD = ("pending", "leased", "sent", "uncertain")


def _entry(notice: Notice) -> Entry | None:
    rows = Entry.objects.visible_to(notice.person).told()
    return rows.filter(pk=notice.about_id).first()


def _titles(ids: Collection[int]) -> dict[int, str]:
    """What such messages are about. A thread that was moved to a trusted room is named nowhere."""
    rows = Entry.objects.filter(pk__in=ids, thread__room__kind="open")
    return dict(rows.values_list("pk", "thread__title"))


def _page(entry: Entry) -> str:
    return address("entry", entry.network.slug, entry.pk)


def _names(entry: Entry) -> dict[str, str]:
    return {
        "network": entry.network.name, "title": entry.thread.title, "name": poster(entry),
        "day": words.day(entry.expires_at),
    }  # fmt: skip


# --- Does it still stand? --------------------------------------------------------------------


def _runs_out(notice: Notice) -> str:
    entry = _entry(notice)
    if entry is None:
        return _("It was deleted.")
    if entry.state not in STANDING or entry.renewals != notice.version:
        return _("It was kept or ended meanwhile.")
    return ""


def _ask_whether_it_stands(notice: Notice) -> mail.Letter:
    entry = _entry(notice)
    names = _names(entry)
    subject = _("[%(network)s] Do you still need this? %(title)s")
    if entry.kind == "offer":
        subject = _("[%(network)s] Do you still offer this? %(title)s")
    return mail.Letter(
        subject=subject % names,
        sender=entry.network.name,
        blocks=(
            mail.links((_("Keep it, or say what came of it"), _page(entry))),
            mail.para(_("“%(title)s” is shown until %(day)s. One press on its page keeps it there "
                        "for longer.") % names),
            mail.para(_("Has it been met, or do you not need it any more? Say so there in a "
                        "moment: the others like to know. If you do nothing, it leaves the list, "
                        "and you can bring it back at any time.")),
        ),
        why=_("You get this because you put it up in %(network)s. We ask once.") % names,
        stops=preferences.foot(notice.person, entry.network),
    )  # fmt: skip


# --- May we name you? ------------------------------------------------------------------------


def _is_asked(notice: Notice) -> str:
    entry = _entry(notice)
    if entry is None or entry.met_by_id != notice.person_id:
        return _("It no longer says that they met it.")
    return _("They have answered.") if entry.named is not None else ""


def _ask_to_name(notice: Notice) -> mail.Letter:
    entry = _entry(notice)
    names = _names(entry)
    said = _("%(name)s says that you met what they asked for: “%(title)s”. Thank you.")
    if entry.kind == "offer":
        said = _("%(name)s says that you took up what they offered: “%(title)s”.")
    return mail.Letter(
        subject=_("[%(network)s] May we name you? %(title)s") % names,
        sender=entry.network.name,
        blocks=(
            mail.links((_("Say yes or rather not"), _page(entry))),
            mail.para(said % names),
            mail.para(_("If you agree, the others read there that it was you. Until you do, and if "
                        "you would rather not, they read “somebody here”.")),
        ),
        why=_("You get this because somebody in %(network)s thanks you.") % names,
        stops=preferences.foot(notice.person, entry.network),
    )  # fmt: skip


KINDS = [
    Kind("entry_runs_out", lazy("Does an ask or an offer still stand?"), _runs_out,
         _ask_whether_it_stands, waits=True, about=_titles),
    Kind("entry_met", lazy("May we name you?"), _is_asked, _ask_to_name, private=True),
]  # fmt: skip


# --- The weekly mail -------------------------------------------------------------------------


def digest_items(person: Person, since: datetime, until: datetime) -> list[Item]:
    """What others asked for and offered in the person's networks after `since` and up to `until`
    (aware), that still stands and that they have not looked at; first what may meet their own
    asks. That is a guess, and in no other mail."""
    for_asks = dict(_for_own_asks(person, since, until))
    found = [*for_asks.values()]
    fresh = _fresh(person, since, until).order_by("network__name", "network", "-pk")
    fresh = fresh.exclude(pk__in=list(for_asks))  # nothing is told twice
    for _network, rows in groupby(fresh[:MOST_IN_ALL], key=lambda row: row.network_id):
        found += _items(list(rows))
    return found


def _for_own_asks(person: Person, since: datetime, until: datetime) -> Iterator[tuple[int, Item]]:
    """Offers of that time which fit what the person asks for, by their number, with the reason."""
    places = preferences.networks_in_weekly(person).order_by().values("pk")
    rows = Entry.objects.visible_to(person).standing().filter(by=person, kind=models.Kind.ASK)
    for ask in rows.filter(network__in=places).told().order_by("-pk")[:ASKS_IN_WEEKLY]:
        for fit in fits(ask, person):
            if fit.entry and since < fit.made_at <= until:
                title = _("For your ask “%(ask)s”: %(title)s")
                said = {"ask": ask.thread.title, "title": fit.title}
                page = address("entry", ask.network.slug, fit.entry)
                yield fit.entry, Item(ask.network.name, title % said, fit.why, page)


def _fresh(person: Person, since: datetime, until: datetime) -> QuerySet[Entry]:
    places = preferences.networks_in_weekly(person).order_by().values("pk")
    rows = Entry.objects.visible_to(person).standing().filter(network__in=places)
    rows = rows.filter(made_at__gt=since, made_at__lte=until).exclude(by=person).told()
    mine = {"network": OuterRef("network"), "person": person}
    seen = ReadMark.objects.filter(**mine, thread=OuterRef("thread"))
    this = (
        Q(room=None, thread=None) | Q(room=OuterRef("thread__room")) | Q(thread=OuterRef("thread"))
    )
    first = Post.objects.filter(network=OuterRef("network"), thread=OuterRef("thread"))
    rows = rows.annotate(root=Subquery(first.order_by("pk").values("pk")[:1]))
    # Who wants a mail for each new post had one about this, or is about to.
    told = Notice.objects.filter(
        kind="post", person=person, about_id=OuterRef("root"), state__in=TOLD
    )
    return (
        rows.exclude(Exists(seen))
        .exclude(Exists(Mute.objects.filter(this, **mine)))
        .exclude(Exists(told))
    )


def _items(rows: list[Entry]) -> Iterator[Item]:
    """The newest of one network, and how many more there are."""
    for row in rows[:IN_WEEKLY]:
        title = f"{row.get_kind_display()}: {row.thread.title}"
        yield Item(row.network.name, title, _line(row), _page(row))
    if more := len(rows) - IN_WEEKLY if len(rows) > IN_WEEKLY else 0:
        title = ngettext("and %(n)s more ask or offer", "and %(n)s more asks and offers", more)
        page = address("exchange", rows[0].network.slug)
        yield Item(rows[0].network.name, title % {"n": more}, "", page)


def _line(row: Entry) -> str:
    body = row.organisation
    said = {
        "name": poster(row),
        "day": words.day(row.expires_at),
        "body": body.name if body else "",
    }
    if body:
        return _("%(name)s for %(body)s, until %(day)s") % said
    return _("%(name)s, until %(day)s") % said
