"""What this room sends: who takes the network on, somebody would, and who does."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from peernet.lib import mail, words
from peernet.lib.pages import address

from .models import Candidate, Outcome, Succession
from .queries import token_for


def _always(_notice: Notice) -> bool:
    """Who takes a break is a member all the same."""
    return True


def _asked(notice: Notice) -> Succession | None:
    return Succession.objects.select_related("network", "chosen").filter(pk=notice.about_id).first()


def _candidate(notice: Notice) -> Candidate | None:
    rows = Candidate.objects.select_related("succession__network", "person")
    return rows.filter(pk=notice.about_id).first()


def _still_asked(notice: Notice) -> str:
    asked = _asked(notice)
    return "" if asked and asked.ended_at is None else _("It is settled.")


def _still_stands(notice: Notice) -> str:
    one = _candidate(notice)
    if one is None:
        return _("They took it back.")
    return _("It is settled.") if one.succession.ended_at else ""


def _settled(notice: Notice) -> str:
    asked = _asked(notice)
    return "" if asked and asked.outcome else _("It is not settled.")


def _ask(notice: Notice) -> mail.Letter:
    asked = _asked(notice)
    names = {"network": asked.network.name, "day": words.day(asked.due_at)}
    why = (
        _("Nobody looks after %(network)s any more.")
        if asked.gone
        else _("Nobody who looks after %(network)s has been here for a month.")
    )
    return mail.Letter(
        subject=_("[%(network)s] Who looks after it from now on?") % names,
        sender=asked.network.name,
        blocks=(
            mail.links((_("Put yourself forward, or say yes to somebody"),
                        address("succession", asked.network.slug))),
            mail.para(why % names),
            mail.para(_("Would you take it on, alone or with others? It means inviting people, "
                        "planning sessions, and answering when somebody asks. Every member has one "
                        "voice, and on %(day)s whoever has most becomes coordinator.") % names),
        ),
        why=_("You get this because you are in %(network)s.") % names,
    )  # fmt: skip


def _stands(notice: Notice) -> mail.Letter:
    one = _candidate(notice)
    asked = one.succession
    names = {
        "network": asked.network.name, "name": one.person.shown_name,
        "day": words.day(asked.due_at),
    }  # fmt: skip
    link = address("yes_by_mail", token_for(one, notice.person))
    return mail.Letter(
        subject=_("[%(network)s] %(name)s would look after it") % names,
        sender=asked.network.name,
        blocks=(
            mail.links((_("Yes, %(name)s") % names, link)),
            mail.para(_("%(name)s would be coordinator of %(network)s.") % names),
            mail.para(_("You have one voice, and can give it to another until %(day)s. Nobody is "
                        "shown how you chose.") % names),
        ),
        why=_("You get this because you are in %(network)s.") % names,
    )  # fmt: skip


def _over(notice: Notice) -> mail.Letter:
    asked = _asked(notice)
    names = {"network": asked.network.name, "name": asked.chosen.shown_name if asked.chosen else ""}
    if asked.outcome == Outcome.CHOSEN:
        said = _("%(name)s looks after %(network)s from now on: most of you said yes.") % names
        if asked.tied:
            said = _("%(name)s looks after %(network)s from now on. Several had as many voices; "
                     "of them %(name)s has been here longest.") % names  # fmt: skip
    elif asked.outcome == Outcome.BACK:
        said = _("Whoever looks after %(network)s is back. Thank you for having thought about it.")
        said %= names
    else:
        said = _("Somebody looks after %(network)s again. Thank you for having thought about it.")
        said %= names
    return mail.Letter(
        subject=_("[%(network)s] Who looks after it") % names,
        sender=asked.network.name,
        blocks=(
            mail.links((_("Go there"), address("network", asked.network.slug))),
            mail.para(said),
        ),
        why=_("You get this because you are in %(network)s.") % names,
    )


KINDS = [
    Kind("succession", lazy("Who looks after it?"), _still_asked, _ask, reaches_break=_always),
    Kind("succession_stands", lazy("Somebody would look after it"), _still_stands, _stands),
    Kind("succession_over", lazy("Who looks after it"), _settled, _over),
]
