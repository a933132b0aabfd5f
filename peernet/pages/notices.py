"""What is told to somebody whose break is over: it takes several wings to say."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.membership.models import Pause
from networks.membership.queries import break_of
from peernet.lib import mail, words
from peernet.lib.pages import address

from .breaks import Missed, missed


def _pause(notice: Notice) -> Pause | None:
    return Pause.objects.select_related("network").filter(pk=notice.about_id).first()


def _back(notice: Notice) -> str:
    pause = _pause(notice)
    if pause is None or pause.network.closed_at:
        return _("The network is closed.")
    return _("They are taking a break again.") if break_of(pause.network, notice.person) else ""


def _welcome(notice: Notice) -> mail.Letter:
    pause = _pause(notice)
    place = pause.network
    found = missed(place, notice.person, pause.since)
    return mail.Letter(
        subject=_("[%(network)s] Welcome back") % {"network": place.name},
        sender=place.name,
        blocks=(
            mail.links((_("See what is new"), address("talk", place.slug))),
            mail.para(
                _("Your break from %(network)s is over. From now on you hear from it again.")
                % {"network": place.name}
            ),
            mail.heading(_("While you were away")),
            mail.para("\n".join(sentences(found))),
            mail.para(_("Invitations that came in the meantime follow by themselves.")),
            mail.links((_("Take a longer break"), address("pause", place.slug))),
        ),
        why=_("You get this because you took a break from %(network)s until %(day)s.")
        % {"network": place.name, "day": words.day(pause.back_on) if pause.back_on else _("now")},
    )


def sentences(found: Missed) -> list[str]:
    """What was missed, a line each."""
    said = []
    if found.held:
        said.append(
            ngettext("%(n)s session was held.", "%(n)s sessions were held.", found.held)
            % {"n": found.held}
        )
    if found.threads:
        said.append(
            ngettext(
                "%(n)s thread has something new.",
                "%(n)s threads have something new.",
                found.threads,
            )
            % {"n": found.threads}
        )
    if found.next:
        said.append(
            _("The next session is on %(when)s.") % {"when": words.when(found.next.starts_at)}
        )
    return said or [_("Nothing new: you have missed nothing.")]


KINDS = [Kind("welcome_back", lazy("Welcome back after a break"), _back, _welcome)]
