"""What this room sends: one mail a week, across all networks."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from members.notices.models import Notice
from members.notices.notices import Kind, settings_link, stop_link
from members.notices.rules import Scope
from peernet.lib import mail
from peernet.lib.pages import address

from .queries import items, overtaken
from .rules import by_network


def _still_true(notice: Notice) -> str:
    if not notice.person.weekly:
        return _("They chose no weekly mail.")
    if overtaken(notice):
        return _("A later message took its place.")
    if any(item.new for item in items(notice)):
        return ""
    return _("There was nothing new for them this week.")


def _write(notice: Notice) -> mail.Letter:
    found, person = items(notice), notice.person
    blocks = [mail.links((_("Open PeerNet"), address("home")))]
    for network, rows in by_network(found):
        blocks.append(mail.heading(network))
        blocks.append(mail.news(*((row.title, row.note, row.address) for row in rows)))
    stop = stop_link(person, Scope.WEEKLY)
    return mail.Letter(
        subject=_subject(by_network(found)[0][1][0].title, len(found) - 1),
        blocks=tuple(blocks),
        why=_("You get this once a week, about all your networks: what you have not read, and the "
              "sessions of the next seven days. With nothing new there is no mail."),
        stops=(
            (_("Choose its day and hour"), settings_link(person)),
            (_("Stop the weekly mail"), stop),
        ),
        headers=mail.list_headers(_("Your week on PeerNet"), "weekly", stop, address("home")),
    )  # fmt: skip


def _subject(first: str, more: int) -> str:
    told = {"title": first, "n": more}
    if not more:
        return _("Your week: %(title)s") % told
    return (
        ngettext(
            "Your week: %(title)s, and %(n)s more", "Your week: %(title)s, and %(n)s more", more
        )
        % told
    )


KINDS = [Kind("digest", lazy("The weekly mail"), _still_true, _write, waits=True)]
