"""The letter that says that a network's copy is ready, to the coordinator who asked for it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.membership.queries import coordinators
from peernet.lib import words
from peernet.lib.mail import Letter, links, para
from peernet.lib.pages import address

from .models import NetworkArchive
from .queries import is_there


def _still_true(notice: Notice) -> str:
    archive = NetworkArchive.objects.filter(pk=notice.about_id).first()
    if archive is None or not is_there(archive):
        return _("It was deleted meanwhile.")
    looks_after = coordinators(archive.network).filter(pk=notice.person_id).exists()
    return "" if looks_after else _("They do not look after the network any more.")


def _ready(notice: Notice) -> Letter:
    archive = NetworkArchive.objects.select_related("network").get(pk=notice.about_id)
    names = {"network": archive.network.name, "day": words.day(archive.kept_until)}
    return Letter(
        subject=_("[%(network)s] Your copy of the network is ready") % names,
        sender=archive.network.name,
        blocks=(
            para(_("You can download it until %(day)s. Then we delete it.") % names),
            links((_("Go there"), address("network_archive", archive.network.slug))),
            para(_("It names people: keep it where only those can read it who look after "
                   "%(network)s.") % names),
        ),
        why=_("You get this because you asked for a copy of everything of %(network)s.") % names,
    )  # fmt: skip


KINDS = [
    Kind("network_archive", gettext_lazy("A copy of the network is ready"), _still_true, _ready)
]
