"""What this room tells: that the money for a network has come to its end."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.funding.models import Grant
from networks.funding.queries import funded_until
from networks.membership.queries import coordinators
from networks.network.models import Network
from networks.preferences import queries as preferences
from peernet.lib import clock, mail, words
from peernet.lib.pages import address

from .queries import needs_someone, visible_to

SHOWN_DATES = 4


def _still_true(notice: Notice) -> str:
    grant = _grant(notice)
    if grant is None or funded_until(grant.network) is None:
        return _("The grant is no longer recorded.")
    if funded_until(grant.network) >= clock.today(grant.network.zone):
        return _("There is funding again.")
    return _("The network is closed.") if grant.network.closed_at else ""


def _ended(notice: Notice) -> mail.Letter:
    grant = _grant(notice)
    network, last = grant.network, funded_until(grant.network)
    waiting = list(visible_to(notice.person).filter(pk__in=needs_someone(network).values("pk")))
    told = {"network": network.name, "day": words.day(last)}
    blocks = [
        _first_step(network, waiting),
        mail.para(_("The funding for %(network)s ended on %(day)s. The network did not.") % told),
        mail.heading(_("What stays")),
        mail.para(
            _("The people, the talk and everything written here. Sessions that are confirmed.")
        ),
        mail.heading(_("What stops")),
        mail.para(
            _(
                "Nobody is paid to run sessions any more. Dates after the end are not confirmed, "
                "and we remind nobody of them, until somebody takes them on."
            )
        ),
        *_dates(waiting),
    ]
    if coordinators(network).filter(pk=notice.person_id).exists():
        blocks += _for_coordinators(network)
    return mail.Letter(
        subject=_("[%(network)s] The funding has ended. What happens now") % told,
        sender=network.name,
        blocks=tuple(blocks),
        why=_("You get this once, because you are a member of %(network)s.") % told,
        stops=preferences.foot(notice.person, network),
    )


def _first_step(network: Network, waiting: list) -> mail.Block:
    if waiting:
        return mail.links((_("See which dates need somebody"), address("sessions", network.slug)))
    return mail.links((_("Open the sessions"), address("sessions", network.slug)))


def _dates(waiting: list) -> list[mail.Block]:
    if not waiting:
        return []
    shown = [f"{words.when(one.starts_at)}: {one.title}" for one in waiting[:SHOWN_DATES]]
    more = len(waiting) - len(shown)
    if more:
        shown.append(ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more})
    return [
        mail.heading(_("Dates that wait for somebody")),
        mail.para("\n".join(shown)),
        mail.para(
            _(
                "Any member can take one on. Open the date and press “Take it on”: you open the "
                "meeting and keep the time. Everybody is invited at once."
            )
        ),
    ]


def _for_coordinators(network: Network) -> list[mail.Block]:
    return [
        mail.heading(_("For you as coordinator")),
        mail.para(
            _(
                "Ask two or three people if they would take on a date each. Taking turns keeps it "
                "light. If there is new money, record the grant and the dates are confirmed by "
                "themselves. If it is time to stop, end the rhythm so that nobody waits."
            )
        ),
        mail.links((_("Record a grant"), address("grants", network.slug))),
    ]


def _grant(notice: Notice) -> Grant | None:
    return Grant.objects.select_related("network").filter(pk=notice.about_id).first()


KINDS = [
    # Due in the morning of the next day; who keeps quiet hours is not woken by money.
    Kind("funding_ended", lazy("The funding has ended"), _still_true, _ended, waits=True),
]
