"""What this room sends: would you like to meet, and the letter that brings two together."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.preferences import queries as preferences
from peernet.lib import mail
from peernet.lib.pages import address

from .models import Introduction


def _row(notice: Notice) -> Introduction | None:
    rows = Introduction.objects.standing().select_related("network", "by", "one", "other")
    row = rows.filter(pk=notice.about_id).first()
    return row if row and notice.person_id in (row.one_id, row.other_id) else None


def _is_asked(notice: Notice) -> str:
    row = _row(notice)
    if row is None:
        return _("It was taken back.")
    return "" if row.answer_of(notice.person_id) is None else _("They have answered.")


def _is_met(notice: Notice) -> str:
    row = _row(notice)
    return "" if row and row.met_at else _("It was taken back.")


def _words(notice: Notice, row: Introduction) -> dict[str, str]:
    other = row.beside(notice.person_id)
    by = row.by.shown_name
    return {"network": row.network.name, "by": by, "name": other.shown_name}


def _ask(notice: Notice) -> mail.Letter:
    row = _row(notice)
    names = _words(notice, row)
    return mail.Letter(
        subject=_("[%(network)s] %(by)s would like to introduce you to %(name)s") % names,
        sender=row.network.name,
        blocks=(
            mail.links((_("Say yes or no"), address("introductions", row.network.slug))),
            mail.para(_("%(by)s thinks that you and %(name)s should know each other:") % names),
            mail.quote(row.why),
            mail.para(_("%(name)s is asked too. Only if you both say yes do you see each "
                        "other’s email address. Nobody learns of a no; if you would rather not, "
                        "you can also do nothing.") % names),
        ),
        why=_("You get this because you are in %(network)s.") % names,
        stops=preferences.foot(notice.person, row.network),
    )  # fmt: skip


def _meet(notice: Notice) -> mail.Letter:
    row = _row(notice)
    names, there = _words(notice, row), address("introductions", row.network.slug)
    return mail.Letter(
        subject=_("[%(network)s] You and %(name)s: an introduction by %(by)s") % names,
        sender=row.network.name,
        blocks=(
            mail.links((_("Write to %(name)s") % names, there)),
            mail.para(_("You have both said yes. The address of %(name)s is on the page, for four "
                        "weeks. They got the same letter, and see yours.") % names),
            mail.para(_("Why %(by)s thinks that you should know each other:") % names),
            mail.quote(row.why),
        ),
        why=_("You get this because you both said yes in %(network)s.") % names,
        stops=preferences.foot(notice.person, row.network),
    )  # fmt: skip


KINDS = [
    Kind("introduction_asked", lazy("Somebody introduces you"), _is_asked, _ask, private=True),
    Kind("introduction_met", lazy("You are introduced"), _is_met, _meet, private=True),
]
