"""Asking to join, talking it over, and the answer.

Every deed here first holds its network (see networks.membership.actions), so that two at the same
moment are done one after the other: there is never a second request, or two answers.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell, withdraw
from members.people.actions import welcome as named
from members.people.models import Person
from networks.invitations import actions as invitations
from networks.invitations import queries as invited
from networks.invitations.models import Invitation, Nomination
from networks.invitations.rules import WANTED_AGAIN, check_letters
from networks.links.queries import parents_to_ask
from networks.membership import queries as membership
from networks.membership.actions import accept_charter, begin, hold
from networks.membership.models import Membership
from networks.network.models import Entry, Network
from networks.network.queries import charter_in_force
from networks.seats import actions as seats
from networks.seats import queries as seated
from peernet.lib import clock
from peernet.lib import once as doubled
from peernet.lib.errors import Refused

from . import queries, rules
from .models import JoinRequest, RequestState, RequestWord

LETTERS = ("request", "request_waits", "request_above", "request_slow")


@transaction.atomic
def come_in(
    network: Network, *, words: str, charter: int | None, name: str = "", by: Person
) -> JoinRequest | Membership:
    """Join an open network at once; ask the coordinators of any other. `charter`: the version of
    the house rules that they accept; `name` fills in a missing one. Again changes nothing.

    Raises Refused as rules.check_asking and check_pace do, where this network takes in nobody who
    was not invited, and for other house rules than those in force.
    """
    network = hold(network)
    if spell := membership.spell_of(network, by):
        return spell
    rows = JoinRequest.objects.filter(network=network, person=by)
    if asked := rows.filter(state=RequestState.ASKED).first():
        return asked
    last = membership.last_spell(by, network.slug)
    if network.entry == Entry.INVITED and not last:
        raise Refused(_("People come into this network by invitation."))
    refused = queries.last_refusal(network, by)
    rules.check_asking(last.reason if last else "", refused and refused.answered_at, clock.now())
    _accept(network, charter, by)
    if name.strip():
        named(by.email, name)
    return _enter(network, by) if network.entry == Entry.OPEN else _ask(network, words, last, by)


def _accept(network: Network, version: int | None, by: Person) -> None:
    charter = charter_in_force(network)
    if charter and version != charter.version:
        raise Refused(
            _("The house rules were changed a moment ago. Read them once more, then join.")
        )
    if charter:
        accept_charter(charter, by=by)


def _enter(network: Network, by: Person) -> Membership:
    month = clock.now() - rules.MONTH
    if Membership.objects.filter(network=network, person=by, since__gt=month).count() >= (
        rules.COMINGS
    ):
        raise Refused(_("You came and went several times this month. Try again in some weeks."))
    return _let_in(network, by)


def _ask(network: Network, words: str, last: Membership | None, by: Person) -> JoinRequest:
    now = clock.now()
    mine = JoinRequest.objects.filter(person=by)
    lately = mine.filter(network=network, asked_at__gt=now - rules.MONTH).count()
    rules.check_pace(lately, queries.asked_by(by).count())
    question = network.question if network.entry == Entry.QUESTION else ""
    made = JoinRequest.objects.create(
        network=network, person=by, returns=bool(last), question=question, asked_at=now,
        words=rules.checked_words(words, needed=bool(question)), waits_since=now,
    )  # fmt: skip
    tell(membership.coordinators(network), "request", made.pk, network_id=network.pk)
    note("request.made", by=by, network_id=network.pk, about_id=by.pk)
    return made


@transaction.atomic
def say(asked: JoinRequest, text: str, *, by: Person, once: UUID | None = None) -> RequestWord:
    """Write to the other side. The same `once` again finds the first word.

    Raises Refused when the request is settled, and for whoever writes on and on unanswered.
    """
    row = _held(asked)
    if row.state != RequestState.ASKED:
        raise Refused(_("This request is settled: “%(said)s”.") % {"said": row.get_state_display()})
    theirs = row.person_id == by.pk
    spoken = list(row.said.values_list("theirs", flat=True))[-rules.IN_A_ROW :]
    if len(spoken) == rules.IN_A_ROW and set(spoken) == {theirs}:
        raise Refused(_("You wrote several times. Wait until they write back."))
    word, new = _say(row, text, by=by, once=once)
    if new:
        row.waits_since = clock.now() if theirs else None
        row.save(update_fields=["waits_since", "turns"])
        people = membership.coordinators(row.network) if theirs else _whoever_asked(row)
        # To whoever asks it must go although they are not in the network: none stands on it.
        tell(people, "request_said", word.pk, network_id=row.network_id if theirs else None)
    return word


@transaction.atomic
def answer(
    asked: JoinRequest, *, welcome: bool, words: str = "", seen: str = "asked", by: Person
) -> JoinRequest:
    """Let somebody in who asks, as a member and with the seats they had, or say not now; `words`
    go with it. A "not now" can still become a welcome: `seen` is the state that was looked at.

    The same answer again changes nothing. Raises Refused when another answer was given already.
    """
    row = _held(asked)
    state = RequestState.WELCOME if welcome else RequestState.DECLINED
    if row.state == state:
        return row
    late = welcome and row.state == RequestState.DECLINED
    if row.state != seen or not (row.state == RequestState.ASKED or late):
        said = {"said": row.get_state_display()}
        raise Refused(_("Somebody answered already: “%(said)s”.") % said)
    row.state, row.answered_at, row.answered_by, row.waits_since = state, clock.now(), by, None
    if text := rules.checked_words(words, needed=False):
        _say(row, text, by=by)
    row.save(update_fields=["state", "answered_at", "answered_by", "waits_since", "turns"])
    _hold_back(row)
    if welcome:
        _let_in(row.network, row.person)
    tell(_whoever_asked(row), "request_answer", row.pk, version=int(late))
    note("request.answered", by=by, network_id=row.network_id, about_id=row.person_id,
         welcome=welcome)  # fmt: skip
    return row


@transaction.atomic
def take_back(asked: JoinRequest, *, by: Person) -> JoinRequest:
    """Whoever asked does not ask any more; nobody is written to. Again changes nothing.

    Raises Refused when there was an answer.
    """
    row = _held(asked)
    if row.state == RequestState.WITHDRAWN:
        return row
    if row.person_id != by.pk or row.state != RequestState.ASKED:
        raise Refused(_("There is an answer already. Read it here."))
    row.state, row.answered_at, row.waits_since = RequestState.WITHDRAWN, clock.now(), None
    row.save(update_fields=["state", "answered_at", "waits_since"])
    _hold_back(row)
    note("request.withdrawn", by=by, network_id=row.network_id, about_id=by.pk)
    return row


def leave_nobody_waiting() -> None:
    """What time does: coordinators are reminded of who waits for their words; after a week those
    of the networks above hear that somebody does, and whoever waits is told so."""
    for asked in queries.left_waiting(rules.NUDGE):
        own = membership.coordinators(asked.network)
        late = asked.waits_since <= clock.now() - rules.PATIENCE
        where = {"network_id": asked.network_id, "version": asked.turns}
        tell(own, "request_waits", asked.pk, **where, offset=int(late))
        if not late:
            continue
        tell(_whoever_asked(asked), "request_slow", asked.pk, version=asked.turns)
        for parent in parents_to_ask(asked.network):
            above = membership.coordinators(parent).exclude(pk__in=own.values("pk"))
            where = {"network_id": parent.pk, "version": asked.turns}
            tell(above, "request_above", asked.pk, **where)


# --- Who was invited ---------------------------------------------------------------------------


@transaction.atomic
def answer_nomination(invitation: Invitation, *, welcome: bool, by: Person) -> Invitation:
    """Let somebody be invited whom an organisation's lead named, or say not now; the lead hears it.

    The same answer again changes nothing. Raises Refused when it was taken back, answered
    otherwise, or when they are in the network by now.
    """
    answer = Nomination.YES if welcome else Nomination.NO
    invitation = invitations.held(invitation)
    if invitation.nomination == answer:
        return invitation
    if invitation.nomination != Nomination.WAITS or invitation.withdrawn_at:
        raise Refused(_("Somebody answered already, or it was taken back. Look again."))
    there = membership.member_with_address(invitation.network, invitation.email)
    if welcome and there:
        raise Refused(
            _("%(name)s is in this network already. Give them the place on its page.")
            % {"name": there.shown_name}
        )
    invitation.nomination = answer
    if not welcome:
        invitation.withdrawn_at = clock.now()
    invitation.save(update_fields=["nomination", "withdrawn_at"])
    withdraw(invitation.pk, "nomination", reason=_("Somebody has answered."))
    if welcome:
        invitations.write_to(invitation)
    lead = Person.objects.filter(pk=invitation.invited_by_id)
    tell(lead, "nomination_answer", invitation.pk, network_id=invitation.network_id)
    note("nomination.answered", by=by, network_id=invitation.network_id,
         about_id=invitation.pk, welcome=welcome)  # fmt: skip
    return invitation


@transaction.atomic
def want_another(invitation: Invitation) -> None:
    """Whoever holds a link that works no more asks the coordinators for a new one. It says the same
    to them whatever is known of the address; another press within a week asks nobody."""
    invitation = invitations.held(invitation)
    if invited.wanted_lately(invitation) or invitation.network.closed_at:
        return
    invitation.wanted_at = clock.now()
    invitation.wanted = bool(invitation.email)  # of an erased account there is nobody to write to
    invitation.save(update_fields=["wanted_at", "wanted"])
    if invitation.wanted:
        week = invitation.wanted_at.toordinal() // WANTED_AGAIN.days
        coordinators = membership.coordinators(invitation.network)
        tell(coordinators, "invitation_wanted", invitation.pk,
             network_id=invitation.network_id, version=week)  # fmt: skip


@transaction.atomic
def answer_wanted(invitation: Invitation, *, welcome: bool, by: Person) -> Invitation:
    """Send a new link to whoever asked for one, to the address that was invited; or let it be,
    which nobody is told. Returns the invitation that works now.

    An answer to what is answered changes nothing. Raises Refused when they are in the network, and
    as `send_again` does.
    """
    invitation = invitations.held(invitation)
    if not invitation.wanted:
        return invitation
    there = membership.member_with_address(invitation.network, invitation.email)
    if welcome and there:
        raise Refused(
            _("%(name)s is in this network already: they need only sign in. Tell them so.")
            % {"name": there.shown_name}
        )
    invitation.wanted = False
    invitation.save(update_fields=["wanted"])
    withdraw(invitation.pk, "invitation_wanted", reason=_("Somebody has answered."))
    note("invitation.renewed", by=by, network_id=invitation.network_id,
         about_id=invitation.pk, welcome=welcome)  # fmt: skip
    return _renewed(invitation, by) if welcome else invitation


def _renewed(row: Invitation, by: Person) -> Invitation:
    """One that was used is made anew; another works again, and its letter goes once more."""
    if row.accepted_at:
        body = row.organisation.name if row.organisation else None
        cohort = None if row.cohort is None or row.cohort.closed_at else row.cohort
        return invitations.invite(row.network, email=row.email, name=row.name, organisation=body,
                      part=row.part, cohort=cohort, by=by)  # fmt: skip
    check_letters(row.times_sent)
    if row.withdrawn_at:
        invitations.refuse_known(row.network, row.email)
        row.withdrawn_at = None
        row.save(update_fields=["withdrawn_at"])
    invitations.write_to(row)
    return row


# --- What the deeds share ----------------------------------------------------------------------


def _held(asked: JoinRequest) -> JoinRequest:
    """The request as it is now, in a network that is held."""
    hold(asked.network)
    return JoinRequest.objects.select_related("network", "person").get(pk=asked.pk)


def _whoever_asked(row: JoinRequest) -> QuerySet[Person]:
    return Person.objects.filter(pk=row.person_id)


def _say(
    row: JoinRequest, text: str, *, by: Person, once: UUID | None = None
) -> tuple[RequestWord, bool]:
    word, new = doubled.create(
        RequestWord, once, request=row, author=by, text=rules.checked_words(text),
        theirs=row.person_id == by.pk, at=clock.now(),
    )  # fmt: skip
    row.turns += int(new)
    return word, new


def _hold_back(row: JoinRequest) -> None:
    for kind in LETTERS:
        withdraw(row.pk, kind, reason=_("Somebody has answered."))


def _let_in(network: Network, person: Person) -> Membership:
    last = membership.last_spell(person, network.slug)
    spell = begin(network, person, by=person)
    if last and last.until:
        for held in seated.ended_with(network, person, last.until):
            seats.take(network, person, held.seat.organisation, part=held.part)
    return spell
