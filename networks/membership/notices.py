"""What this room sends: the network closed or opened again, a cohort begins."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.network.models import Closing, Cohort
from peernet.lib import mail
from peernet.lib.pages import address

from .queries import cohorts_of


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
]  # fmt: skip
