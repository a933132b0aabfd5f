"""What this room sends: the text that somebody agreed to has changed, and they are asked again."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.preferences import queries as preferences
from peernet.lib import mail
from peernet.lib.pages import address

from . import queries, rules
from .models import Consent, ConsentText


def _text(notice: Notice) -> ConsentText:
    return ConsentText.objects.select_related("network").get(pk=notice.about_id)


def _still(notice: Notice) -> str:
    row = ConsentText.objects.select_related("network").filter(pk=notice.about_id).first()
    if row is None or queries.in_force(row.network, row.purpose)[0] != row.version:
        return _("There is a newer version by now.")
    said = Consent.objects.filter(
        network=row.network, person=notice.person_id, purpose=row.purpose, until=None
    )
    return _("They have answered.") if said.exists() else ""


def _again(notice: Notice) -> mail.Letter:
    row = _text(notice)
    names = {"network": row.network.name, "what": rules.BY_CODE[row.purpose].title}
    return mail.Letter(
        subject=_("[%(network)s] A text you agreed to has changed: do you still agree?") % names,
        sender=row.network.name,
        blocks=(
            mail.para(_("You had agreed to “%(what)s”. The text is another one now, so your yes no "
                        "longer counts. It reads:") % names),
            mail.quote(row.text),
            mail.links((_("Say yes or no"), address("consents") + f"#{row.network.slug}")),
            mail.para(_("If you do nothing, you have not agreed. We do not ask again.")),
        ),
        why=_("You get this because you had agreed to it in %(network)s.") % names,
        stops=preferences.foot(notice.person, row.network),
    )  # fmt: skip


KINDS = [Kind("consent_again", lazy("A text they agreed to has changed"), _still, _again)]
