"""What this room sends: a link is proposed, answered, changed, ended; a role has brought somebody
in or let them go; a wish to come back waits."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from members.notices.models import Notice
from members.notices.notices import Kind
from networks.membership.models import Membership
from networks.membership.queries import coordinators
from networks.network.models import Network
from peernet.lib import mail
from peernet.lib.pages import address

from . import rules
from .models import Flow, Link

# --- Links ---------------------------------------------------------------------------------------


def _link(notice: Notice) -> Link | None:
    return Link.objects.with_names().filter(pk=notice.about_id).first()


def _ours(notice: Notice, link: Link) -> Network | None:
    """The end of the link for whose coordinators the notice is."""
    return next((one for one in link.ends() if one.pk == notice.network_id), None)


def _for_coordinators(notice: Notice, link: Link | None) -> str:
    ours = link and _ours(notice, link)
    if ours is None or ours.closed_at:
        return _("The network is closed.")
    here = coordinators(ours).filter(pk=notice.person_id)
    return "" if here.exists() else _("They look after the network no more.")


def _still_waits(notice: Notice) -> str:
    link = _link(notice)
    if link is None or not link.waits:
        return _("Somebody has answered.")
    return _for_coordinators(notice, link)


def _was_answered(notice: Notice) -> str:
    return _for_coordinators(notice, _link(notice))


def _still_stands(notice: Notice) -> str:
    link = _link(notice)
    if link is None or not link.stands:
        return _("The link has ended.")
    return _for_coordinators(notice, link)


def _gives(link: Link, giver: Network) -> list[str]:
    rows = Flow.objects.filter(link=link, giver=giver, until=None)
    return list(rows.values_list("what", flat=True))


def _names(notice: Notice, link: Link) -> tuple[Network, Network, dict[str, str]]:
    ours = _ours(notice, link)
    other = link.other(ours)
    return ours, other, {"ours": ours.name, "other": other.name}


def _asked(notice: Notice) -> mail.Letter:
    link = _link(notice)
    ours, other, names = _names(notice, link)
    names["who"] = link.asked_by.shown_name if link.asked_by else _("A coordinator")
    said = {
        rules.ABOVE: _("%(who)s of %(other)s asks whether %(ours)s would be part of it."),
        rules.BELOW: _("%(who)s of %(other)s asks whether it may be part of %(ours)s."),
        rules.BESIDE: _("%(who)s of %(other)s asks whether %(ours)s would stand beside it."),
    }[link.where(ours)]
    return mail.Letter(
        subject=_("[%(ours)s] %(other)s asks to be linked") % names,
        sender=other.name,
        blocks=(
            mail.links((_("Read it and answer"), address("link_answer", ours.slug, link.pk))),
            mail.para(said % names),
            *([mail.quote(link.words)] if link.words else []),
            mail.para(rules.sees(ours.name, other.name, _gives(link, other))),
            mail.para(
                _("You choose what they see of %(ours)s. Nothing that people say, and nobody’s "
                  "membership, ever goes along a link.") % names
            ),
        ),
        why=_("You get this because you look after %(ours)s.") % names,
    )  # fmt: skip


def _answer(notice: Notice) -> mail.Letter:
    link = _link(notice)
    ours, other, names = _names(notice, link)
    if link.agreed_at:
        subject = _("[%(ours)s] Linked with %(other)s")
        blocks = (
            mail.links((_("See the link"), address("link", ours.slug, link.pk))),
            mail.para(_("%(other)s agreed to be linked with %(ours)s.") % names),
            mail.para(rules.sees(ours.name, other.name, _gives(link, other))),
            mail.para(rules.sees(other.name, ours.name, _gives(link, ours))),
        )
    else:
        subject = _("[%(ours)s] Not now, says %(other)s")
        blocks = (
            mail.para(_("Thank you for asking. %(other)s says: not now.") % names),
            mail.para(_("You can ask again in a month.")),
            mail.links((_("Linked networks"), address("links", ours.slug))),
        )
    why = _("You get this because you look after %(ours)s.") % names
    return mail.Letter(subject=subject % names, sender=other.name, blocks=blocks, why=why)


def _changed(notice: Notice) -> mail.Letter:
    link = _link(notice)
    ours, other, names = _names(notice, link)
    return mail.Letter(
        subject=_("[%(ours)s] What you see of %(other)s has changed") % names,
        sender=other.name,
        blocks=(
            mail.links((_("See the link"), address("link", ours.slug, link.pk))),
            mail.para(rules.sees(ours.name, other.name, _gives(link, other))),
        ),
        why=_("You get this because you look after %(ours)s.") % names,
    )


def _ended(notice: Notice) -> mail.Letter:
    link = _link(notice)
    ours, _other, names = _names(notice, link)
    return mail.Letter(
        subject=_("[%(ours)s] The link with %(other)s has ended") % names,
        sender=names["other"],
        blocks=(
            mail.links((_("Linked networks"), address("links", ours.slug))),
            mail.para(_("%(other)s has ended its link with %(ours)s.") % names),
            *([mail.quote(link.ended_words)] if link.ended_words else []),
            mail.para(_("From now on neither sees anything of the other along it.")),
        ),
        why=_("You get this because you look after %(ours)s.") % names,
    )


# --- Brought in by a role ------------------------------------------------------------------------


def _spell(notice: Notice) -> Membership | None:
    rows = Membership.objects.select_related("network")
    return rows.filter(pk=notice.about_id, person=notice.person_id).first()


def _still_in(notice: Notice) -> str:
    spell = _spell(notice)
    return "" if spell and spell.until is None else _("They are not in the network any more.")


def _still_out(notice: Notice) -> str:
    spell = _spell(notice)
    back = spell and Membership.objects.filter(network=spell.network, person=notice.person_id)
    gone = spell and not spell.network.closed_at and not back.current().exists()
    return "" if gone else _("They are in the network again.")


def _welcome(notice: Notice) -> mail.Letter:
    place = _spell(notice).network
    names = {"network": place.name}
    return mail.Letter(
        subject=_("[%(network)s] Welcome: you are one of us") % names,
        sender=place.name,
        blocks=(
            mail.links(
                (_("Look around"), address("network", place.slug)),
                (_("Read the house rules"), address("charter", place.slug)),
            ),
            mail.para(
                _("%(network)s is made of the people who look after its networks. You look after "
                  "one of them, so you are a member now.") % names
            ),
            mail.para(_("Before you write there, read its house rules and say yes to them.")),
            mail.para(
                _("You do not want to be in it? Leave it on your own page there. Nobody puts you "
                  "back.")
            ),
        ),
        why=_("You get this because you have just come into %(network)s.") % names,
    )  # fmt: skip


def _goodbye(notice: Notice) -> mail.Letter:
    place = _spell(notice).network
    names = {"network": place.name}
    return mail.Letter(
        subject=_("[%(network)s] Thank you, and goodbye") % names,
        sender=place.name,
        blocks=(
            mail.para(
                _("%(network)s is made of the people who look after its networks. Since you do not "
                  "look after one any more, your time in it has ended, too.") % names
            ),
            mail.para(_("What you wrote stays, under your name. Thank you for it.")),
            mail.para(_("If you take on such a role again, you are back the same day. Or speak "
                        "with a coordinator there: they can invite you.")),
        ),
        why=_("You get this because you were in %(network)s until now.") % names,
    )  # fmt: skip


KINDS = [
    Kind("link_asked", lazy("A network asks to be linked"), _still_waits, _asked),
    Kind("link_answer", lazy("Answer to a network that was asked"), _was_answered, _answer),
    Kind("link_gives", lazy("What is seen of a linked network"), _still_stands, _changed),
    Kind("link_ended", lazy("A link has ended"), _was_answered, _ended),
    Kind("derived_welcome", lazy("Welcome to whom a role brings in"), _still_in, _welcome),
    Kind("derived_goodbye", lazy("Goodbye to whose role has ended"), _still_out, _goodbye),
]
