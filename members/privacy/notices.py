"""The letter that says that a copy of one's own data is ready. It also reaches whoever did not ask
for one, and whose browser somebody else is using."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from peernet.lib import words
from peernet.lib.mail import Letter, links, para
from peernet.lib.pages import address

from .models import Archive
from .queries import is_there


def _still_true(notice: Notice) -> str:
    archive = Archive.objects.filter(pk=notice.about_id).first()
    return "" if archive and is_there(archive) else _("It was deleted meanwhile.")


def _ready(notice: Notice) -> Letter:
    archive = Archive.objects.get(pk=notice.about_id)
    return Letter(
        subject=_("The copy of your data is ready"),
        blocks=(
            para(_("You can download it until %(day)s. Then we delete it.")
                 % {"day": words.day(archive.kept_until)}),
            links((_("Download my data"), address("own_data"))),
            para(_("If you did not ask for it, somebody may be using a browser that you left "
                   "signed in: sign out everywhere.")),
            links((_("Where you are signed in"), address("devices"))),
        ),
        why=_("You get this because a copy of what PeerNet holds about you was asked for."),
    )  # fmt: skip


KINDS = [Kind("own_data", gettext_lazy("A copy of own data is ready"), _still_true, _ready)]
