"""What this room sends while somebody asks to join: to those who look after the network, to whoever
asks, and, when nobody answers, to the networks above."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.invitations.models import Invitation, Nomination
from networks.links.queries import parents_to_ask
from networks.membership.queries import coordinators, may_hear
from networks.network.models import Network
from peernet.lib import mail
from peernet.lib.pages import address

from .models import JoinRequest, RequestState, RequestWord


def _request(notice: Notice) -> JoinRequest | None:
    rows = JoinRequest.objects.select_related("network", "person")
    return rows.filter(pk=notice.about_id).first()


def _page(asked: JoinRequest) -> str:
    return address("request", asked.network.slug, asked.pk)


def _names(asked: JoinRequest) -> dict[str, str]:
    return {"network": asked.network.name, "name": asked.person.shown_name}


def _open(asked: JoinRequest | None) -> str:
    if asked is None or asked.network.closed_at:
        return _("The network is closed.")
    return "" if asked.state == RequestState.ASKED else _("Somebody has answered.")


def _looks_after(network_id: int, person_id: int) -> str:
    # What somebody wrote to the coordinators is not for who was one when it was written.
    here = coordinators(Network(pk=network_id)).filter(pk=person_id)
    return "" if here.exists() else _("They look after the network no more.")


# --- To those who look after it ------------------------------------------------------------------


def _unanswered(notice: Notice) -> str:
    asked = _request(notice)
    return _open(asked) or _looks_after(asked.network_id, notice.person_id)


def _asks(notice: Notice) -> mail.Letter:
    asked = _request(notice)
    names = _names(asked)
    subject = _("[%(network)s] %(name)s would like to join")
    first = _("%(name)s asks to join %(network)s.")
    if asked.returns:
        subject = _("[%(network)s] %(name)s would like to come back")
        first = _("%(name)s was in %(network)s, left, and asks to come back.")
    return mail.Letter(
        subject=subject % names,
        sender=asked.network.name,
        blocks=(
            mail.links((_("Read and answer"), _page(asked))),
            mail.para(first % names),
            *([mail.para(asked.question)] if asked.question else []),
            *([mail.quote(asked.words)] if asked.words else []),
            mail.para(_("You can ask them something first, say welcome, or kindly say not now.")),
        ),
        why=_("You get this because you look after %(network)s.") % names,
    )


def _still_waits(notice: Notice) -> str:
    asked = _request(notice)
    if reason := _unanswered(notice):
        return reason
    return "" if asked.waits_since else _("Somebody has answered.")


def _waits(notice: Notice) -> mail.Letter:
    asked = _request(notice)
    names = _names(asked)
    return mail.Letter(
        subject=_("[%(network)s] %(name)s still waits for your answer") % names,
        sender=asked.network.name,
        blocks=(
            mail.links((_("Read and answer"), _page(asked))),
            mail.para(_("%(name)s asks to be let into %(network)s. For days nobody has written "
                        "back.") % names),
            mail.para(_("A “not now” is an answer, too: it is kinder than none. After a week we "
                        "tell the networks that %(network)s is part of.") % names),
        ),
        why=_("You get this because you look after %(network)s.") % names,
    )  # fmt: skip


# --- To those above ------------------------------------------------------------------------------


def _still_above(notice: Notice) -> str:
    asked = _request(notice)
    if reason := _open(asked):
        return reason
    if not asked.waits_since:
        return _("Somebody has answered.")
    if not parents_to_ask(asked.network).filter(pk=notice.network_id).exists():
        return _("The link has ended.")
    return _looks_after(notice.network_id, notice.person_id)


def _above(notice: Notice) -> mail.Letter:
    """Without a name or a word of it: what somebody wrote, they wrote to others."""
    asked = _request(notice)
    parent = Network.objects.get(pk=notice.network_id)
    names = {"network": asked.network.name, "parent": parent.name}
    return mail.Letter(
        subject=_("[%(parent)s] Somebody waits for an answer from %(network)s") % names,
        sender=parent.name,
        blocks=(
            mail.links((_("Your networks"), address("our_networks", parent.slug))),
            mail.para(_("A week ago somebody asked to be let into %(network)s, and nobody there "
                        "has answered.") % names),
            mail.para(_("Please speak with its coordinators: perhaps they are away, or need a "
                        "hand. The answer is theirs to give, so we do not tell you who asks.")),
        ),
        why=_("You get this because you look after %(parent)s, and %(network)s is part of it.")
        % names,
    )  # fmt: skip


# --- To whoever asks -----------------------------------------------------------------------------


def _why(names: dict[str, str]) -> str:
    return _("You get this because you asked to be let into %(network)s.") % names


def _still_slow(notice: Notice) -> str:
    asked = _request(notice)
    if reason := _open(asked):
        return reason
    return "" if asked.waits_since else _("Somebody has answered.")


def _slow(notice: Notice) -> mail.Letter:
    asked = _request(notice)
    names = _names(asked)
    return mail.Letter(
        subject=_("[%(network)s] Still no answer for you") % names,
        sender=asked.network.name,
        blocks=(
            mail.links((_("See how it stands"), _page(asked))),
            mail.para(_("You wrote to %(network)s a week ago, and nobody has answered. We are "
                        "sorry.") % names),
            mail.para(what_we_did(asked)),
            mail.para(_("You need do nothing. You can also take your request back.")),
        ),
        why=_why(names),
    )  # fmt: skip


def what_we_did(asked: JoinRequest) -> str:
    """After a week without an answer: whom we told, in a sentence for whoever waits."""
    if parents_to_ask(asked.network).exists():
        return _("We have reminded the people who look after it, and told those who look after "
                 "the networks it is part of that somebody waits: not who, and not what you "
                 "wrote.")  # fmt: skip
    return _("We have reminded the people who look after it. It is part of no other network that "
             "we could tell.")  # fmt: skip


def _wrote(notice: Notice) -> RequestWord | None:
    rows = RequestWord.objects.select_related("request__network", "request__person", "author")
    return rows.filter(pk=notice.about_id).first()


def _still_said(notice: Notice) -> str:
    word = _wrote(notice)
    if reason := _open(word and word.request):
        return reason
    if word.theirs:
        return _looks_after(word.request.network_id, notice.person_id)
    return "" if notice.person_id == word.request.person_id else _("It was written to another.")


def _said(notice: Notice) -> mail.Letter:
    word = _wrote(notice)
    asked = word.request
    names = _names(asked) | {"who": word.author.shown_name}
    why = _("You get this because you look after %(network)s.") % names
    return mail.Letter(
        subject=_("[%(network)s] %(who)s has written to you about joining") % names,
        sender=asked.network.name,
        blocks=(
            mail.links((_("Write back"), _page(asked))),
            mail.para(_("%(who)s writes:") % names),
            mail.quote(word.text),
        ),
        why=why if word.theirs else _why(names),
    )


def _still_so(notice: Notice) -> str:
    asked = _request(notice)
    if asked is None or asked.network.closed_at:
        return _("The network is closed.")
    said = (RequestState.WELCOME, RequestState.DECLINED)
    return "" if asked.state in said else _("It was taken back.")


def _answer(notice: Notice) -> mail.Letter:
    asked = _request(notice)
    names = _names(asked)
    words = asked.said.filter(theirs=False, at__gte=asked.answered_at).last()
    said = [mail.quote(words.text)] if words else []
    if asked.state == RequestState.WELCOME:
        back = _("You are in %(network)s again. What you wrote there is where it was.")
        subject = _("[%(network)s] Welcome back") if asked.returns else _("[%(network)s] Welcome")
        blocks = (
            mail.links((_("Go there"), address("network", asked.network.slug))),
            mail.para((back if asked.returns else _("You are in %(network)s now.")) % names),
            *said,
        )
    else:
        subject = _("[%(network)s] Not now")
        blocks = (
            mail.para(_("Thank you for asking. %(network)s says: not now.") % names),
            *said,
            mail.para(_("You can ask again in a month.")),
        )
    return mail.Letter(
        subject=subject % names, sender=asked.network.name, blocks=blocks, why=_why(names)
    )


# --- About who was invited -----------------------------------------------------------------------


def _invitation(notice: Notice) -> Invitation | None:
    rows = Invitation.objects.select_related("network", "organisation", "invited_by")
    return rows.filter(pk=notice.about_id).first()


def _of(invitation: Invitation) -> dict[str, str]:
    body, lead = invitation.organisation, invitation.invited_by
    return {
        "network": invitation.network.name, "name": invitation.name,
        "body": body.name if body else invitation.network.name,
        "lead": lead.shown_name if lead else _("A former member"),
    }  # fmt: skip


def _still_named(notice: Notice) -> str:
    invitation = _invitation(notice)
    if invitation is None or invitation.network.closed_at:
        return _("The network is closed.")
    if invitation.nomination != Nomination.WAITS or invitation.withdrawn_at:
        return _("Somebody has answered.")
    return _looks_after(invitation.network_id, notice.person_id)


def _named(notice: Notice) -> mail.Letter:
    invitation = _invitation(notice)
    names = _of(invitation)
    return mail.Letter(
        subject=_("[%(network)s] %(lead)s nominates %(name)s") % names,
        sender=invitation.network.name,
        blocks=(
            mail.links((_("Say yes, or not now"), address("requests", invitation.network.slug))),
            mail.para(_("%(lead)s would like %(name)s to take part in %(network)s for %(body)s.")
                      % names),
            mail.para(_("With your yes, %(name)s is invited at once, in the name of %(lead)s. "
                        "%(lead)s hears your answer.") % names),
        ),
        why=_("You get this because you look after %(network)s.") % names,
    )  # fmt: skip


def _still_nominated(notice: Notice) -> str:
    invitation = _invitation(notice)
    if invitation is None or invitation.network.closed_at:
        return _("The network is closed.")
    if not may_hear(notice.person_id, invitation.network_id):
        return _("They are no longer in the network.")
    # Whoever was erased or took it back needs no answer.
    no = invitation.nomination == Nomination.NO
    open_still = invitation.nomination == Nomination.YES and not invitation.withdrawn_at
    return "" if invitation.name and (no or open_still) else _("It was taken back.")


def _nominated(notice: Notice) -> mail.Letter:
    invitation = _invitation(notice)
    names = _of(invitation)
    network, body = invitation.network, invitation.organisation_id
    page = address("seat", network.slug, body) if body else address("network", network.slug)
    yes = invitation.nomination == Nomination.YES
    subject = (
        _("[%(network)s] %(name)s is invited") if yes else _("[%(network)s] %(name)s: not now")
    )
    said = _("You nominated %(name)s for %(network)s. A coordinator said yes: the invitation is on "
             "its way, in your name.") if yes else (
        _("You nominated %(name)s for %(network)s. A coordinator says: not now. %(name)s was not "
          "written to. Speak with the coordinators if you would like to know more."))  # fmt: skip
    return mail.Letter(
        subject=subject % names,
        sender=network.name,
        blocks=(mail.links((_("See how it stands"), page)), mail.para(said % names)),
        why=_("You get this because you nominated somebody for %(network)s.") % names,
    )


def _still_wanted(notice: Notice) -> str:
    invitation = _invitation(notice)
    if invitation is None or invitation.network.closed_at:
        return _("The network is closed.")
    if not invitation.wanted:
        return _("Somebody has answered.")
    return _looks_after(invitation.network_id, notice.person_id)


def _wanted(notice: Notice) -> mail.Letter:
    invitation = _invitation(notice)
    names = _of(invitation)
    return mail.Letter(
        subject=_("[%(network)s] %(name)s asks for a new invitation") % names,
        sender=invitation.network.name,
        blocks=(
            mail.links((_("Send a new one, or let it be"),
                        address("requests", invitation.network.slug))),
            mail.para(_("The link we sent to %(name)s does not open %(network)s any more, and "
                        "somebody who has it asks for a new one.") % names),
            mail.para(_("A new one goes to the address that was invited, and to no other.")),
        ),
        why=_("You get this because you look after %(network)s.") % names,
    )  # fmt: skip


KINDS = [
    Kind("nomination", lazy("An organisation nominates somebody"), _still_named, _named),
    Kind("nomination_answer", lazy("Answer to a nomination"), _still_nominated, _nominated),
    Kind("invitation_wanted", lazy("Somebody asks for a new invitation"), _still_wanted, _wanted),
    Kind("request", lazy("Somebody asks to join"), _unanswered, _asks),
    Kind("request_waits", lazy("A request to join waits"), _still_waits, _waits),
    Kind("request_above", lazy("A network does not answer"), _still_above, _above),
    Kind("request_slow", lazy("No answer to a request yet"), _still_slow, _slow),
    Kind("request_said", lazy("Words about joining"), _still_said, _said),
    Kind("request_answer", lazy("Answer to a request to join"), _still_so, _answer),
]
