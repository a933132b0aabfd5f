"""What people are told about surveys: that one is open, and once that it still is."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.membership.queries import coordinators
from peernet.lib import mail, words
from peernet.lib.pages import address

from . import queries
from .models import Wave


def _asked_true(notice: Notice) -> str:
    """The same words for every reason: none may tell who has answered."""
    wave = _wave(notice)
    if wave is None or queries.why_closed(wave, notice.person):
        return _("It no longer applied.")
    no_more = queries.wants_no_more(wave.study, notice.person)
    return _("It no longer applied.") if no_more else ""


def _reminder_true(notice: Notice) -> str:
    if no := _asked_true(notice):
        return no
    done = queries.has_answered(_wave(notice), notice.person)
    return _("It no longer applied.") if done else ""


def _asked(notice: Notice) -> mail.Letter:
    wave = _wave(notice)
    lead = _("%(host)s asks how “%(network)s” works for you.") % {
        "host": _host(wave), "network": wave.study.network.name,
    }  # fmt: skip
    return _letter(notice, wave, wave.study.title, [mail.para(lead)])


def _reminder(notice: Notice) -> mail.Letter:
    wave = _wave(notice)
    lead = mail.para(
        _("“%(title)s” is still open. We remind you once; nobody else knows whether you answered.")
        % {"title": wave.study.title}
    )
    return _letter(notice, wave, _("still open: %(title)s") % {"title": wave.study.title}, [lead])


def _letter(notice: Notice, wave: Wave, subject: str, lead: list[mail.Block]) -> mail.Letter:
    token = queries.token_for(wave, notice.person)
    n = wave.study.items.count()
    length = ngettext(
        "%(n)s question, about a minute.", "%(n)s questions, about five minutes.", n
    ) % {"n": n}
    until = _("It is open until %(day)s.") % {"day": words.day(wave.closes_on)}
    blocks = [
        mail.links((_("Answer now"), address("survey_by_mail", token))),
        *lead,
        mail.para(f"{length} {until} " + _("You can skip any of them. You need not sign in.")),
        mail.para(_("No name is kept with your answers. The first page says who will see what.")),
    ]
    network = wave.study.network
    return mail.Letter(
        subject=f"[{network.name}] {subject}",
        blocks=tuple(blocks),
        why=_("You get this because you are in %(network)s.") % {"network": network.name},
        sender=_("%(name)s at %(network)s") % {"name": _host(wave), "network": network.name},
        stops=((_("No more mail about this survey"), address("survey_stop", token)),),
    )


def _host(wave: Wave) -> str:
    person = coordinators(wave.study.network).order_by("pk").first()
    return person.short_name if person else wave.study.network.name


def _wave(notice: Notice) -> Wave | None:
    return Wave.objects.select_related("study__network").filter(pk=notice.about_id).first()


KINDS = [
    Kind("survey", lazy("A survey opened"), _asked_true, _asked),
    Kind(
        "survey_reminder", lazy("Reminder of a survey"), _reminder_true, _reminder,
        waits=True, private=True,
    ),
]  # fmt: skip
