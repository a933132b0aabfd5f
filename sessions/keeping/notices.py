"""What this room sends: to everybody, that things will go; to coordinators, that it is soon."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.network.models import Network
from networks.preferences import queries as preferences
from peernet.lib import mail, words
from peernet.lib.pages import address

from . import queries
from .models import Keeping


def _still(notice: Notice) -> str:
    day = date.fromordinal(notice.version)
    rows = Keeping.objects.filter(network=notice.about_id, begins_on=day)
    return "" if rows.exists() else _("It was taken back.")


def _facts(network: Network, day: date) -> mail.Block:
    rows = [one for one in queries.waiting(network) if one.on == day]
    return mail.facts(*((str(one.kind.title), _line(one)) for one in rows))


def _line(one: queries.Goes) -> str:
    return _("%(goes)s After %(long)s; on the first day %(many)s.") % {
        "goes": one.kind.goes, "long": one.long, "many": one.how_many,
    }  # fmt: skip


def _begins(notice: Notice) -> mail.Letter:
    network = Network.objects.get(pk=notice.about_id)
    day = date.fromordinal(notice.version)
    names = {"network": network.name, "day": words.day(day)}
    return mail.Letter(
        subject=_("[%(network)s] What is old will be deleted from %(day)s on") % names,
        sender=network.name,
        blocks=(
            mail.para(_("%(network)s keeps some things no longer for ever. From %(day)s on, this "
                        "goes once it is old enough:") % names),
            _facts(network, day),
            mail.links((_("See exactly what goes, and when"), address("keeping", network.slug)),
                       (_("Download what is yours"), address("own_data"))),
            mail.para(_("What you want to keep, copy before that day. A coordinator can take it "
                        "back until then.")),
        ),
        why=_("You get this because you are a member of %(network)s.") % names,
        stops=preferences.foot(notice.person, network),
    )  # fmt: skip


def _soon(notice: Notice) -> mail.Letter:
    network = Network.objects.get(pk=notice.about_id)
    day = date.fromordinal(notice.version)
    names = {"network": network.name, "day": words.day(day)}
    return mail.Letter(
        subject=_("[%(network)s] Last days to take it back: things are deleted from %(day)s on")
        % names,
        sender=network.name,
        blocks=(
            mail.para(_("On %(day)s this goes, and nobody can bring it back:") % names),
            _facts(network, day),
            mail.links((_("Look once more, or take it back"), address("keeping", network.slug))),
        ),
        why=_("You get this because you are a coordinator of %(network)s.") % names,
        stops=preferences.foot(notice.person, network),
    )  # fmt: skip


KINDS = [
    Kind("keeping_begins", lazy("Old things will be deleted"), _still, _begins),
    Kind("keeping_soon", lazy("The day of deleting is near"), _still, _soon),
]
