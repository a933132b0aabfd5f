"""What this room sends: somebody would like to talk, and yes. No number is ever in a mail."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.preferences import queries as preferences
from peernet.lib import mail
from peernet.lib.pages import address

from .models import PhoneCall


def _call(notice: Notice) -> PhoneCall | None:
    rows = PhoneCall.objects.standing().select_related("network", "asker", "asked")
    return rows.filter(pk=notice.about_id).first()


def _is_asked(notice: Notice) -> str:
    call = _call(notice)
    if call is None or call.asked_id != notice.person_id:
        return _("It was taken back.")
    return _("They have answered.") if call.agreed_at else ""


def _is_agreed(notice: Notice) -> str:
    call = _call(notice)
    good = call and call.agreed_at and call.asker_id == notice.person_id
    return "" if good else _("It was taken back.")


def _ask(notice: Notice) -> mail.Letter:
    call = _call(notice)
    names = {"network": call.network.name, "name": call.asker.shown_name}
    return mail.Letter(
        subject=_("[%(network)s] %(name)s would like to talk to you on the phone") % names,
        sender=call.network.name,
        blocks=(
            mail.links((_("Say yes or not now"), address("phone", call.network.slug))),
            mail.para(_("%(name)s asks whether you have time for a call. It is about:") % names),
            mail.quote(call.words),
            mail.para(_("Only if you say yes do you see each other’s numbers. If you would rather "
                        "not, do nothing: after two weeks the question is forgotten.")),
        ),
        why=_("You get this because you said in %(network)s that people can ring you.") % names,
        stops=preferences.foot(notice.person, call.network),
    )  # fmt: skip


def _agree(notice: Notice) -> mail.Letter:
    call = _call(notice)
    names = {"network": call.network.name, "name": call.asked.shown_name}
    return mail.Letter(
        subject=_("[%(network)s] %(name)s is glad to talk") % names,
        sender=call.network.name,
        blocks=(
            mail.links((_("See the number"), address("phone", call.network.slug))),
            mail.para(_("%(name)s said yes. The number is on the page, for four weeks.") % names),
        ),
        why=_("You get this because you asked for a call in %(network)s.") % names,
        stops=preferences.foot(notice.person, call.network),
    )


KINDS = [
    Kind("call_asked", lazy("Somebody would like to talk"), _is_asked, _ask, private=True),
    Kind("call_agreed", lazy("Glad to talk"), _is_agreed, _agree, private=True),
]
