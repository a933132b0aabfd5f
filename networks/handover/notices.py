"""What this room sends: to the leaver, to who follows, and when nobody does."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from peernet.lib import mail, words
from peernet.lib.pages import address

from .models import Handover, Stays


def _handover(notice: Notice) -> Handover | None:
    return Handover.objects.told().filter(pk=notice.about_id).first()


def _goes_on(row: Handover | None) -> str:
    if row is None or row.ended_at:
        return _("The handover is over, or was called off.")
    return _("The network is closed.") if row.network.closed_at else ""


def _for_leaver(notice: Notice) -> str:
    row = _handover(notice)
    return _goes_on(row) or ("" if row.leaver_id == notice.person_id else _("It is not theirs."))


def _for_successor(notice: Notice) -> str:
    row = _handover(notice)
    mine = row and row.successor_id == notice.person_id
    return _goes_on(row) or ("" if mine else _("Somebody else follows by now."))


def _nobody_still(notice: Notice) -> str:
    row = _handover(notice)
    return _for_leaver(notice) or (_("Somebody has agreed by now.") if row.agreed_at else "")


def _names(row: Handover) -> dict[str, str]:
    return {
        "network": row.network.name,
        "body": row.seat.organisation.name,
        "leaver": row.leaver.shown_name,
        "first": words.day(row.starts_on),
        "last": words.day(row.ends_on),
        "part": row.get_part_display(),
    }


def _page(row: Handover, label: str) -> mail.Block:
    return mail.links((label, address("handover", row.network.slug, row.pk)))


def _to_leaver(notice: Notice) -> mail.Letter:
    row = _handover(notice)
    names = _names(row)
    after = (
        _("After it you stay in %(network)s, by yourself.")
        if row.stays == Stays.STAY
        else _("After it your time in %(network)s ends, as you chose. You can ask to come back.")
    )
    return mail.Letter(
        subject=_("[%(network)s] Handing over for %(body)s") % names,
        sender=row.network.name,
        blocks=(
            _page(row, _("Choose what to hand on")),
            mail.para(_("Thank you for all you did here for %(body)s. It is being handed over, so "
                        "that the thread is not lost.") % names),
            mail.para(_("What we ask of you: look through what you have open here, and choose what "
                        "to hand on. That takes about five minutes.")),
            mail.facts((_("Together from"), names["first"]), (_("Until"), names["last"])),
            mail.para(_("What you wrote stays yours. Your messages, your drafts and what was said "
                        "in trusted rooms are handed to nobody.")),
            mail.para(after % names + " " + _("You keep your account. Until the last day you can "
                                              "change all of this, or call it off.")),
        ),
        why=_("You get this because you speak for %(body)s in %(network)s.") % names,
    )  # fmt: skip


def _to_successor(notice: Notice) -> mail.Letter:
    row = _handover(notice)
    names = _names(row)
    asks = (
        _("What we ask of you: work through the list of what is handed to you, and ask while you "
          "are there together.")
        if row.agreed_at
        else _("What we ask of you: say yes, or that it is not for you. Both are fine.")
    )  # fmt: skip
    return mail.Letter(
        subject=_("[%(network)s] Will you follow %(leaver)s at %(body)s?") % names
        if not row.agreed_at
        else _("[%(network)s] What %(leaver)s hands to you") % names,
        sender=row.network.name,
        blocks=(
            _page(row, _("See what is handed to you") if row.agreed_at else _("Say yes or not me")),
            mail.para(_("%(leaver)s hands over, and you are the one who follows, to speak for "
                        "%(body)s in %(network)s. Good that there is somebody like you.") % names),
            mail.para(asks),
            mail.facts((_("Part"), names["part"]), (_("Together from"), names["first"]),
                       (_("Until"), names["last"])),
        ),
        why=_("You get this because %(body)s is handed over to you in %(network)s.") % names,
    )  # fmt: skip


def _to_nobody(notice: Notice) -> mail.Letter:
    row = _handover(notice)
    names = _names(row)
    return mail.Letter(
        subject=_("[%(network)s] Nobody follows you at %(body)s yet") % names,
        sender=row.network.name,
        blocks=(
            _page(row, _("Ask somebody else, or move the days")),
            mail.para(_("Nobody has agreed yet to follow you at %(body)s. Nothing is lost: until "
                        "somebody does, all stays with you.") % names),
        ),
        why=_("You get this because you hand over for %(body)s in %(network)s.") % names,
    )  # fmt: skip


KINDS = [
    Kind("handover_leaver", lazy("Handing over a place"), _for_leaver, _to_leaver),
    Kind("handover_successor", lazy("Taking over a place"), _for_successor, _to_successor),
    Kind("handover_nobody", lazy("Nobody takes a place over yet"), _nobody_still, _to_nobody),
]
