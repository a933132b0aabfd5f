"""What this room sends: the invitation to sit for a funder, and word of figures to agree to."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from peernet.lib import mail, words
from peernet.lib.pages import address

from .models import FunderSeat, Grant


def _seat(notice: Notice) -> FunderSeat | None:
    rows = FunderSeat.objects.select_related("funder", "invited_by")
    return rows.filter(pk=notice.about_id).first()


def _seat_is_free(notice: Notice) -> str:
    seat = _seat(notice)
    if seat is None or seat.until:
        return _("The invitation was withdrawn.")
    return _("They have come already.") if seat.person_id else ""


def _write_to_contact(notice: Notice) -> mail.Letter:
    seat = _seat(notice)
    host = seat.invited_by.shown_name if seat.invited_by else "PeerNet"
    names = {"host": host, "funder": seat.funder.name}
    return mail.Letter(
        subject=_("%(host)s invites you to see what came of %(funder)s’s support") % names,
        sender=host,
        blocks=(
            mail.para(_("Hello,")),
            mail.para(_why_asked(seat) % names),
            mail.links((_("See the page for %(funder)s") % names, address("funder_seat", seat.pk))),
            mail.para(_("We mail you a code, you type it in, and you are there. No password.")),
            mail.para(_("You will see totals only: no names, and nothing of what people say.")),
        ),
        why=_("You get this because %(host)s named you as the person at %(funder)s. If you are "
              "not, do nothing.") % names,
    )  # fmt: skip


def _why_asked(seat: FunderSeat) -> str:
    """Who asks: a network's coordinator, or a colleague at the funder, or an operator."""
    if seat.invited_by and not seat.invited_for_id:
        return _("%(host)s sees the figures of what %(funder)s supports, and invites you to see "
                 "them too: sessions held, how many people and organisations take part, and how "
                 "long the money lasts.")  # fmt: skip
    return _("%(host)s looks after a network that %(funder)s supports, and invites you to see "
             "its figures: sessions held, how many people and organisations take part, and how "
             "long the money lasts.")  # fmt: skip


def _grant(notice: Notice) -> Grant | None:
    rows = Grant.objects.select_related("network", "programme__funder")
    return rows.filter(pk=notice.about_id).first()


def _waits(notice: Notice) -> str:
    grant = _grant(notice)
    if grant is None:
        return _("The grant was removed.")
    if not grant.network_agreed_at:
        return _("The network no longer shares its figures.")
    return _("The funder has agreed already.") if grant.funder_agreed_at else ""


def _write_to_funder(notice: Notice) -> mail.Letter:
    grant = _grant(notice)
    facts = {"network": grant.network.name, "programme": grant.programme.name}
    return mail.Letter(
        subject=_("%(network)s shares its figures with %(programme)s") % facts,
        sender=grant.network.name,
        blocks=(
            mail.para(
                _("%(network)s counts itself as part of %(programme)s, and agrees that you see "
                  "its figures.") % facts
            ),
            mail.links((_("Look, and agree"), address("programme", grant.programme.slug))),
            mail.facts(
                (_("Amount"), words.money(grant.amount)),
                (_("From"), words.day(grant.starts_on)),
                (_("Until"), words.day(grant.ends_on)),
            ),
            mail.para(_("Its figures are on your page once you agree. If you do not know this "
                        "grant, do nothing.")),
        ),
        why=_("You get this because you see the figures for %(funder)s on PeerNet.")
        % {"funder": grant.programme.funder.name},
    )  # fmt: skip


KINDS = [
    Kind("funder_seat", gettext_lazy("Invitation to a funder"), _seat_is_free, _write_to_contact),
    Kind("grant_shared", gettext_lazy("Figures shared with a funder"), _waits, _write_to_funder,
         for_funders=True),
]  # fmt: skip
