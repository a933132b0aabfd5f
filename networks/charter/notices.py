"""What this room sends: that new house rules wait for somebody, once for each version; and to
coordinators that they wanted to look at theirs again. Of a trusted room no mail says the name."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.network.models import Charter
from networks.network.queries import charter_in_force
from networks.preferences import queries as preferences
from peernet.lib import clock, mail
from peernet.lib.pages import address

from . import queries


def _charter(notice: Notice) -> Charter | None:
    """The text, while it is the one in force."""
    rows = Charter.objects.select_related("network", "room")
    found = rows.filter(pk=notice.about_id).first()
    now = found and charter_in_force(found.network, found.room_id)
    return found if now == found else None


def _waits(notice: Notice) -> str:
    charter = _charter(notice)
    if charter is None:
        return _("There is a newer version by now.")
    still = queries.owing(charter).filter(pk=notice.person_id).exists()
    return "" if still else _("They have accepted it.")


def _is_due(notice: Notice) -> str:
    charter = _charter(notice)
    due = charter and charter.review_on and charter.review_on <= clock.today(charter.network.zone)
    return "" if due else _("Somebody has looked at it meanwhile.")


def _where(charter: Charter) -> tuple[str, str]:
    """What the text is called in a mail, and the page that it leads to."""
    page = address("charter", charter.network.slug)
    names = {"network": charter.network.name}
    if charter.room is None:
        return _("the house rules of %(network)s") % names, page
    page = f"{page}?room={charter.room_id}"
    if charter.room.trusted:
        return _("what a private room of %(network)s adds to the house rules") % names, page
    names["room"] = charter.room.name
    return _("what the room “%(room)s” adds to the house rules of %(network)s") % names, page


def _ask(notice: Notice) -> mail.Letter:
    charter = _charter(notice)
    what, page = _where(charter)
    names = {"network": charter.network.name, "what": what}
    return mail.Letter(
        subject=_("[%(network)s] New house rules: what changed, and your yes") % names,
        sender=charter.network.name,
        blocks=(
            mail.links((_("See what changed"), page)),
            mail.para(_("There is a new version of %(what)s. The page shows what changed since the "
                        "one you accepted; one press accepts it.") % names),
            mail.para(_("Until then you can read everything and answer invitations. You write "
                        "again once you have accepted. This is the only reminder.")),
        ),
        why=_("You get this because you are a member of %(network)s.") % names,
        stops=preferences.foot(notice.person, charter.network),
    )  # fmt: skip


def _look_again(notice: Notice) -> mail.Letter:
    charter = _charter(notice)
    what, page = _where(charter)
    names = {"network": charter.network.name, "what": what}
    return mail.Letter(
        subject=_("[%(network)s] Time to look at your house rules again") % names,
        sender=charter.network.name,
        blocks=(
            mail.links((_("Read them"), page)),
            mail.para(_("You wanted to look again about now at %(what)s. Do they still say what "
                        "you promise one another? If they do, name another day and save.") % names),
        ),
        why=_("You get this because you are a coordinator of %(network)s.") % names,
        stops=preferences.foot(notice.person, charter.network),
    )  # fmt: skip


KINDS = [
    Kind("charter_waits", lazy("New house rules wait for your yes"), _waits, _ask),
    Kind("charter_review", lazy("Look at your house rules again"), _is_due, _look_again),
]
