"""What this room sends: the invitation, and a word to whoever speaks alone for an organisation."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.membership.models import Role
from networks.membership.queries import members
from networks.preferences.queries import chosen, foot
from networks.seats.models import Part, Seat
from networks.seats.queries import alone
from peernet.lib import clock, mail, text, words
from peernet.lib.pages import address

from .models import Invitation


def _invitation(notice: Notice) -> Invitation | None:
    rows = Invitation.objects.select_related("network", "invited_by", "organisation")
    return rows.filter(pk=notice.about_id).first()


def _still_true(notice: Notice) -> str:
    invitation = _invitation(notice)
    if invitation is None:
        return _("The invitation is gone.")
    if invitation.withdrawn_at:
        return _("The invitation was withdrawn.")
    if invitation.accepted_at:
        return _("They have joined already.")
    if invitation.network.closed_at:
        return _("The network is closed.")
    if invitation.email != notice.address:
        return _("The address was corrected.")
    return _("The invitation has run out.") if invitation.ends_at <= clock.now() else ""


def _still_ends(notice: Notice) -> str:
    if reason := _still_true(notice):
        return reason
    again = _invitation(notice).times_sent != notice.version
    return _("The invitation was sent again.") if again else ""


def _ends(notice: Notice) -> mail.Letter:
    invitation = _invitation(notice)
    day = words.day(invitation.ends_at)
    names = {"network": invitation.network.name, "day": day}
    return mail.Letter(
        subject=_("[%(network)s] Your invitation works until %(day)s") % names,
        sender=invitation.network.name,
        blocks=(
            mail.para(_("Hello %(name)s,") % {"name": invitation.name.split()[0]}),
            mail.para(_("You are still welcome in %(network)s. The link works until %(day)s.")
                      % names),
            mail.links((_("Read more and join"), address("join", invitation.token))),
            mail.para(_("If you would rather not join, do nothing. We do not write again.")),
        ),
        why=_("You get this because you were invited to %(network)s. We use your address for that "
              "only.") % names,
    )  # fmt: skip


def _write(notice: Notice) -> mail.Letter:
    invitation = _invitation(notice)
    network, host = invitation.network, invitation.invited_by
    names = {"host": host.shown_name if host else network.name, "network": network.name}
    subject = _("[%(network)s] %(host)s invites you to join")
    if invitation.nomination:
        subject = _("[%(network)s] %(host)s nominates you to join")
    return mail.Letter(
        subject=subject % names,
        sender=_("%(host)s at %(network)s") % names if host else network.name,
        blocks=(
            mail.para(_("Hello %(name)s,") % {"name": invitation.name.split()[0]}),
            mail.para(_welcome(invitation, names)),
            mail.links((_("Read more and join"), address("join", invitation.token))),
            mail.heading(_("What it is for")),
            mail.quote(text.excerpt(network.purpose, 400)),
            mail.para(_company(network)),
            mail.heading(_("What happens next")),
            mail.para(
                _("The page shows you the house rules. Then we mail you a code, you type it in, "
                  "and you are in. You need no password. It takes about a minute.")
            ),
            mail.para(
                _("If you would rather not join, do nothing. We will not add you to anything.")
            ),
        ),
        why=_("You get this because %(host)s gave us your address to invite you to %(network)s. "
              "We use it for this invitation only.") % names,
    )  # fmt: skip


def _welcome(invitation: Invitation, names: dict[str, str]) -> str:
    if invitation.nomination and invitation.organisation:
        names = names | {"body": invitation.organisation.name}
        return _("%(host)s nominates you to take part in %(network)s for %(body)s.") % names
    if invitation.role == Role.COORDINATOR:
        return _("%(host)s asks you to help look after %(network)s, as a coordinator.") % names
    if invitation.role == Role.FACILITATOR:
        return _("%(host)s asks you to join %(network)s and lead sessions there.") % names
    return _("%(host)s invites you to join %(network)s.") % names


def _company(network) -> str:
    count = members(network).count()
    return ngettext("%(n)s person is in it so far.", "%(n)s people are in it so far.", count) % {
        "n": count
    }


# --- One person for an organisation --------------------------------------------------------------


def _seat(notice: Notice) -> Seat | None:
    """The seat, while the person holds it alone, leads, and may ask a second in."""
    seat = alone().filter(pk=notice.about_id, network__leads_invite=True).first()
    mine = seat and seat.holdings.current().filter(person=notice.person_id, part=Part.LEAD)
    return seat if mine and mine.exists() else None


def _still_alone(notice: Notice) -> str:
    if not chosen(notice.person, notice.network_id).ask_second:
        return _("They chose not to be asked for a second person.")
    return "" if _seat(notice) else _("Somebody else speaks for the organisation too by now.")


def _second(notice: Notice) -> mail.Letter:
    seat = _seat(notice)
    names = {"network": seat.network.name, "body": seat.organisation.name}
    ask = address("seat_ask", seat.network.slug, seat.organisation_id)
    return mail.Letter(
        subject=_("[%(network)s] Who else at %(body)s would enjoy this?") % names,
        sender=seat.network.name,
        blocks=(
            mail.links((_("Invite a second person"), ask)),
            mail.para(
                _("You speak for %(body)s in %(network)s, and you do it alone. It is good to have "
                  "you. With a second person, what you learn here reaches further, and you can "
                  "miss a session without %(body)s missing it.") % names
            ),
            mail.para(_("Nothing happens if you leave it. We ask at most once in three months.")),
        ),
        why=_("You get this because you lead for %(body)s in %(network)s.") % names,
        stops=foot(notice.person, seat.network),
    )  # fmt: skip


KINDS = [
    Kind("invitation", gettext_lazy("Invitation to join"), _still_true, _write),
    Kind("invitation_ends", gettext_lazy("An invitation runs out soon"), _still_ends, _ends),
    Kind("second_person", gettext_lazy("A second person for an organisation"), _still_alone,
         _second, waits=True),
]  # fmt: skip
