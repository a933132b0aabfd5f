"""What this room sends: the network closed or opened again, somebody asks to come back."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.network.models import Closing, Cohort
from peernet.lib import mail
from peernet.lib.pages import address

from .models import Comeback, ComebackState
from .queries import cohorts_of, coordinators


def _always(_notice: Notice) -> bool:
    """A break is no reason not to hear that the place is gone."""
    return True


# --- Closed, and opened again --------------------------------------------------------------------


def _closing(notice: Notice) -> Closing | None:
    return Closing.objects.select_related("network", "by").filter(pk=notice.about_id).first()


def _still_closed(notice: Notice) -> str:
    closing = _closing(notice)
    if closing is None:
        return _("The network is gone.")
    return _("The network was opened again.") if closing.undone_at else ""


def _still_open(notice: Notice) -> str:
    closing = _closing(notice)
    if closing is None:
        return _("The network is gone.")
    return _("The network was closed again.") if closing.network.closed_at else ""


def _closed(notice: Notice) -> mail.Letter:
    closing = _closing(notice)
    names = {"network": closing.network.name, "who": _who(closing)}
    return mail.Letter(
        subject=_("[%(network)s] The network has closed") % names,
        sender=closing.network.name,
        blocks=(
            mail.links((_("Read what is there"), address("network", closing.network.slug))),
            mail.para(_("%(who)s has closed %(network)s.") % names),
            *([mail.quote(closing.words)] if closing.words else []),
            mail.para(
                _("Sessions that were still to come are cancelled, and no more reminders go out. "
                  "You can still read what was said, and take your own data with you.")
            ),
            mail.links((_("Download your own data"), address("own_data"))),
            mail.para(
                _("Was it a mistake? Tell a coordinator soon. For two weeks they can undo it.")
            ),
        ),
        why=_("You get this because you are in %(network)s.") % names,
    )  # fmt: skip


def _opened(notice: Notice) -> mail.Letter:
    closing = _closing(notice)
    names = {"network": closing.network.name}
    return mail.Letter(
        subject=_("[%(network)s] The network is open again") % names,
        sender=closing.network.name,
        blocks=(
            mail.links((_("Go there"), address("network", closing.network.slug))),
            mail.para(_("%(network)s was closed, and is open again.") % names),
            mail.para(
                _("Sessions that were cancelled with it take place after all, as far as their day "
                  "is still to come. You get an invitation for each.")
            ),
        ),
        why=_("You get this because you are in %(network)s.") % names,
    )  # fmt: skip


def _who(closing: Closing) -> str:
    return closing.by.shown_name if closing.by else _("A coordinator")


# --- Coming back ---------------------------------------------------------------------------------


def _comeback(notice: Notice) -> Comeback | None:
    rows = Comeback.objects.select_related("network", "person", "answered_by")
    return rows.filter(pk=notice.about_id).first()


def _unanswered(notice: Notice) -> str:
    comeback = _comeback(notice)
    if comeback is None or comeback.network.closed_at:
        return _("The network is closed.")
    if comeback.state != ComebackState.ASKED:
        return _("Somebody has answered.")
    # What somebody wrote to the coordinators is not for who was one when it was written.
    here = coordinators(comeback.network).filter(pk=notice.person_id)
    return "" if here.exists() else _("They look after the network no more.")


def _answered(notice: Notice) -> str:
    comeback = _comeback(notice)
    return "" if comeback and not comeback.network.closed_at else _("The network is closed.")


def _asks(notice: Notice) -> mail.Letter:
    comeback = _comeback(notice)
    names = {"network": comeback.network.name, "name": comeback.person.shown_name}
    return mail.Letter(
        subject=_("[%(network)s] %(name)s would like to come back") % names,
        sender=comeback.network.name,
        blocks=(
            mail.links((_("Say yes or not now"), address("comebacks", comeback.network.slug))),
            mail.para(_("%(name)s was in %(network)s, left, and asks to come back.") % names),
            *([mail.quote(comeback.words)] if comeback.words else []),
        ),
        why=_("You get this because you look after %(network)s.") % names,
    )


def _answer(notice: Notice) -> mail.Letter:
    comeback = _comeback(notice)
    names = {"network": comeback.network.name}
    if comeback.state == ComebackState.WELCOME:
        subject = _("[%(network)s] Welcome back") % names
        blocks = (
            mail.links((_("Go there"), address("network", comeback.network.slug))),
            mail.para(
                _("You are in %(network)s again. What you wrote there is where it was.") % names
            ),
        )
    else:
        subject = _("[%(network)s] Your wish to come back") % names
        blocks = (
            mail.para(_("Thank you for asking. %(network)s says: not now.") % names),
            mail.para(_("If you would like to know why, speak with one of them. You can ask again "
                        "in a month.")),
        )  # fmt: skip
    return mail.Letter(
        subject=subject, sender=comeback.network.name, blocks=blocks,
        why=_("You get this because you asked to come back to %(network)s.") % names,
    )  # fmt: skip


# --- A cohort begins ------------------------------------------------------------------------------


def _cohort(notice: Notice) -> Cohort | None:
    return Cohort.objects.select_related("network").filter(pk=notice.about_id).first()


def _in_cohort(notice: Notice) -> str:
    if cohorts_of(notice.person).filter(cohort=notice.about_id).exists():
        return ""
    return _("They are no longer in the cohort.")


def _welcome(notice: Notice) -> mail.Letter:
    cohort = _cohort(notice)
    names = {"network": cohort.network.name, "cohort": cohort.name}
    return mail.Letter(
        subject=_("[%(network)s] Welcome to %(cohort)s") % names,
        sender=cohort.network.name,
        blocks=(
            mail.links((_("Go there"), address("network", cohort.network.slug))),
            mail.para(_("You are in %(cohort)s of %(network)s.") % names),
            mail.quote(cohort.welcome),
        ),
        why=_("You get this because you are in %(cohort)s of %(network)s.") % names,
    )


KINDS = [
    Kind("cohort_welcome", lazy("Welcome to a cohort"), _in_cohort, _welcome),
    Kind("network_closed", lazy("The network has closed"), _still_closed, _closed,
         reaches_break=_always),
    Kind("network_opened", lazy("The network is open again"), _still_open, _opened,
         reaches_break=_always),
    Kind("comeback", lazy("Somebody asks to come back"), _unanswered, _asks),
    Kind("comeback_answer", lazy("Answer to a wish to come back"), _answered, _answer),
]  # fmt: skip
