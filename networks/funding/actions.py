"""Recording who pays for a network and until when, and who may see what came of it."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell, tell_address, withdraw
from members.notices.models import Notice, NoticeState
from members.people.models import Person
from networks.network.models import Network
from networks.network.rules import slugs
from peernet.lib import clock, seen
from peernet.lib import once as doubled
from peernet.lib.errors import Refused

from .models import Funder, FunderSeat, Grant, Programme
from .queries import invited_by, invited_since, open_seats, people_of, strangers_at

INVITED_A_DAY = 5  # letters to funders by one network: nobody's address is a target
LETTERS = 3  # to one person about one seat
TERMS = ("programme", "amount", "starts_on", "ends_on")


@transaction.atomic
def record_grant(
    network: Network,
    *,
    funder: str,
    programme: str,
    amount: Decimal,
    starts_on: date,
    ends_on: date,
    shares: bool,
    contact: str,
    once: UUID | None,
    by: Person,
) -> Grant:
    """Write down a grant: `amount` in pounds, both days included, in the network's own zone.

    Funder and programme are names as people write them, recognised or made. `shares`: the funder
    may see the network's figures; it takes effect at once only where everybody who sits for the
    funder was asked by this network (see `share`). `contact`: whom to ask, "" for nobody.
    The same `once` again finds the first grant. Raises Refused as `invite_contact` does.
    """
    under = _programme(_funder(funder), programme)
    grant, new = doubled.create(
        Grant, once, network=network, programme=under, amount=amount,
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    if not new:
        return grant
    note("grant.recorded", by=by, network_id=network.pk, about_id=grant.pk)
    if contact:
        invite_contact(grant, contact, by=by)
    if shares and not strangers_at(under.funder, network):
        return share(grant, shares=True, by=by)
    return grant


@transaction.atomic
def correct_grant(
    grant: Grant,
    *,
    funder: str,
    programme: str,
    amount: Decimal,
    starts_on: date,
    ends_on: date,
    contact: str,
    mark: str,
    by: Person,
) -> None:
    """Put a grant right. Under another programme, its funder has to agree anew.

    `mark` is of what it said when the form was opened (peernet.lib.seen). Raises Refused when
    somebody else changed it since, or removed it, and as `invite_contact` does.
    """
    row = _held(grant)
    wanted = {
        "programme": _programme(_funder(funder), programme),
        "amount": amount,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    seen.check(row, mark, wanted)
    before = row.programme
    for field, value in wanted.items():
        setattr(row, field, value)
    if row.programme != before:
        _move(row, before, by=by)
    row.save()
    note("grant.corrected", by=by, network_id=row.network_id, about_id=row.pk)
    if contact:
        invite_contact(row, contact, by=by)


@transaction.atomic
def remove_grant(grant: Grant, *, by: Person) -> None:
    """Take back a grant that was recorded by mistake; again changes nothing.

    Raises Refused once the funder has agreed: then it stands in what they were shown.
    """
    row = Grant.objects.select_for_update().filter(pk=grant.pk).first()
    if row is None:
        return
    if row.funder_agreed_at:
        raise Refused(_("The funder has agreed to this grant, so it stays. You can correct it."))
    note("grant.removed", by=by, network_id=row.network_id, about_id=row.pk)
    withdraw(row.pk, "grant_shared", reason=_("The grant was removed."))
    row.delete()


@transaction.atomic
def share(grant: Grant, *, shares: bool, by: Person) -> Grant:
    """Let the funder see the network's figures, or stop it at once; again changes nothing.

    Raises Refused when somebody removed the grant.
    """
    row = _held(grant)
    if shares == bool(row.network_agreed_at):
        return row
    row.network_agreed_at = clock.now() if shares else None
    row.save(update_fields=["network_agreed_at"])
    deed = "grant.shared" if shares else "grant.unshared"
    note(deed, by=by, network_id=row.network_id, about_id=row.pk)
    if shares and not row.funder_agreed_at:
        _tell_funder(row)
    return row


@transaction.atomic
def agree(grant: Grant, *, by: Person) -> None:
    """The funder's side: yes, we fund this; the figures are on the programme's page from now on.

    Again changes nothing. Raises Refused when the network no longer shares them.
    """
    row = _held(grant)
    if row.funder_agreed_at:
        return
    if not row.network_agreed_at:
        raise Refused(_("This network no longer shares its figures with you."))
    row.funder_agreed_at = clock.now()
    row.save(update_fields=["funder_agreed_at"])
    note("grant.agreed", by=by, network_id=row.network_id, about_id=row.pk)


@transaction.atomic
def disagree(grant: Grant, *, by: Person) -> None:
    """The funder's side takes its agreement back: the figures leave the page at once. Again
    changes nothing; it can agree anew. Raises Refused when the grant was removed."""
    row = _held(grant)
    if row.funder_agreed_at:
        row.funder_agreed_at = None
        row.save(update_fields=["funder_agreed_at"])
        note("grant.disagreed", by=by, network_id=row.network_id, about_id=row.pk)


@transaction.atomic
def invite_contact(grant: Grant, email: str, *, by: Person) -> FunderSeat:
    """Ask somebody at the grant's funder to come and see the figures.

    The first one to name a funder may do it, and may correct the address until it is taken up.
    Raises Refused when the funder has people here already, or other networks that count on it:
    nobody makes themselves another network's funder.
    """
    funder = Funder.objects.select_for_update().get(pk=grant.programme.funder_id)
    email = email.strip().lower()
    seats = open_seats(funder)
    if seat := seats.filter(email=email).first():
        return seat
    if seats.filter(person__isnull=False).exists():
        raise Refused(_("%(funder)s has people here already.") % {"funder": funder.name})
    if Grant.objects.filter(programme__funder=funder).exclude(network=grant.network_id).exists():
        raise Refused(
            _("%(funder)s supports other networks here too, so an operator has to invite them.")
            % {"funder": funder.name}
        )
    if invited_since(grant.network, clock.now() - timedelta(days=1)) >= INVITED_A_DAY:
        raise Refused(_("You invited several people to funders today. Try again tomorrow."))
    for wrong in seats:
        _close(wrong, by=by)
    return _ask(funder, email, for_network=grant.network, by=by)


@transaction.atomic
def seat_by_operator(funder: str, email: str) -> FunderSeat:
    """Ask somebody to sit for a funder, on the server itself; again changes nothing.

    Raises Refused for a funder that no network has named.
    """
    body = _called(funder).select_for_update().first()
    if body is None or not body.programmes.exists():
        raise Refused(_("No network names a funder called “%(name)s”.") % {"name": funder})
    email = email.strip().lower()
    return open_seats(body).filter(email=email).first() or _ask(body, email)


@transaction.atomic
def invite_colleague(funder: Funder, email: str, *, by: Person) -> FunderSeat:
    """One of the funder's people asks another to see what they see; again changes nothing.

    Raises Refused when they no longer sit there themselves, or asked several today.
    """
    _sitting(funder, by)
    email = email.strip().lower()
    if seat := open_seats(funder).filter(email=email).first():
        return seat
    if invited_by(by, clock.now() - timedelta(days=1)) >= INVITED_A_DAY:
        raise Refused(_("You invited several people today. Try again tomorrow."))
    return _ask(funder, email, by=by)


@transaction.atomic
def ask_again(seat: FunderSeat, *, by: Person) -> None:
    """Write to somebody once more who has not come yet. Raises Refused when they have, or were
    written to three times, or today already."""
    _sitting(seat.funder, by)
    row = FunderSeat.objects.select_for_update().get(pk=seat.pk)
    letters = Notice.objects.filter(kind="funder_seat", about_id=row.pk)
    if row.person_id or row.until:
        raise Refused(_("They have come already, or may not come any more."))
    if letters.filter(created_at__gt=clock.now() - timedelta(days=1)).exists():
        raise Refused(_("We wrote to %(email)s today. Give them a day.") % {"email": row.email})
    if letters.count() >= LETTERS:
        raise Refused(_("We wrote to %(email)s three times. Ask them yourself.")
                      % {"email": row.email})  # fmt: skip
    about = row.invited_for_id
    tell_address(
        row.email, "funder_seat", row.pk, network_id=about, version=letters.count()
    )  # fmt: skip
    note("funder_seat.asked_again", by=by, about_id=row.pk)


@transaction.atomic
def end_seat(seat: FunderSeat, *, by: Person) -> None:
    """Somebody no longer sees the funder's pages, from this moment; again changes nothing.

    Raises Refused for the last one who sits there: nobody could let anybody in.
    """
    _sitting(seat.funder, by)
    row = FunderSeat.objects.select_for_update().get(pk=seat.pk)
    if row.until:
        return
    others = people_of(seat.funder).exclude(pk=row.person_id)
    if row.person_id and not others.exists():
        raise Refused(_("You are the last one here. Invite somebody else first."))
    _stop(row, by=by, reason=_("They no longer see this funder’s page."))


@transaction.atomic
def end_seat_by_operator(funder: str, email: str) -> FunderSeat:
    """As `end_seat`, on the server itself, the last one too. Raises Refused when there is none."""
    seats = FunderSeat.objects.filter(funder__in=_called(funder), email=email.strip().lower())
    row = seats.select_for_update().filter(until=None).select_related("funder").first()
    if row is None:
        raise Refused(_("Nobody with that address sits for “%(name)s”.") % {"name": funder})
    _stop(row, by=None, reason=_("They no longer see this funder’s page."))
    return row


@transaction.atomic
def take_seat(seat: FunderSeat, *, by: Person) -> FunderSeat:
    """Sit for the funder from now on; again changes nothing.

    Raises Refused when the invitation was withdrawn, or somebody else took it up.
    """
    row = FunderSeat.objects.select_for_update().get(pk=seat.pk)
    if row.person_id == by.pk and row.until is None:
        return row
    if row.person_id or row.until:
        raise Refused(_("This invitation is no longer open. Ask for a new one."))
    row.person, row.since = by, clock.now()
    row.save(update_fields=["person", "since"])
    withdraw(row.pk, "funder_seat", reason=_("They have come already."))
    note("funder_seat.taken", by=by, about_id=row.pk)
    return row


def _held(grant: Grant) -> Grant:
    row = Grant.objects.select_for_update(of=("self",)).select_related("programme__funder")
    if (found := row.filter(pk=grant.pk).first()) is None:
        raise Refused(_("Somebody removed this grant meanwhile."))
    return found


def _tell_funder(row: Grant) -> None:
    """Ask the funder's people to agree: each once, however often the network thinks again. Whose
    letter was taken back before it left has not been asked yet."""
    letters = Notice.objects.filter(kind="grant_shared", about_id=row.pk)
    asked = letters.exclude(state=NoticeState.DROPPED).values("person")
    people = people_of(row.programme.funder).exclude(pk__in=asked)
    last = letters.aggregate(last=Max("version"))["last"]
    version = 0 if last is None else last + 1
    tell(people, "grant_shared", row.pk, network_id=row.network_id, version=version)


def _move(row: Grant, before: Programme, *, by: Person) -> None:
    """The grant is another programme's now: its funder has not agreed to anything."""
    row.funder_agreed_at = None
    if strangers_at(row.programme.funder, row.network):
        row.network_agreed_at = None
    withdraw(row.pk, "grant_shared", reason=_("The grant belongs to another programme."))
    if row.programme.funder_id != before.funder_id:
        for seat in open_seats(before.funder).filter(person=None, invited_for=row.network_id):
            _close(seat, by=by)


def _ask(
    funder: Funder, email: str, *, for_network: Network | None = None, by: Person | None = None
) -> FunderSeat:
    seat = FunderSeat.objects.create(
        funder=funder, email=email, invited_for=for_network, invited_by=by,
        invited_at=clock.now(),
    )  # fmt: skip
    about = for_network.pk if for_network else None
    tell_address(email, "funder_seat", seat.pk, network_id=about)
    note("funder_seat.invited", by=by, network_id=about, about_id=seat.pk)
    return seat


def _sitting(funder: Funder, by: Person) -> None:
    """One deed at a time; and two who send each other away do not both succeed."""
    Funder.objects.select_for_update().get(pk=funder.pk)
    if not people_of(funder).filter(pk=by.pk).exists():
        raise Refused(_("You no longer look after this page."))


def _close(seat: FunderSeat, *, by: Person) -> None:
    _stop(seat, by=by, reason=_("The address was corrected."))


def _stop(seat: FunderSeat, *, by: Person | None, reason: str) -> None:
    seat.until = clock.now()
    seat.save(update_fields=["until"])
    withdraw(seat.pk, "funder_seat", reason=reason)
    note("funder_seat.withdrawn", by=by, about_id=seat.pk)


def _funder(name: str) -> Funder:
    """The funder of this name, whatever its capitals and spaces; made when it is new."""
    if row := _called(name).first():
        return row
    try:
        with transaction.atomic():
            return Funder.objects.create(name=" ".join(name.split()))
    except IntegrityError:
        return _called(name).get()


def _called(name: str) -> QuerySet[Funder]:
    tidy = " ".join(name.split())
    return Funder.objects.alias(low=Lower("name")).filter(low=Lower(Value(tidy)))


def _programme(funder: Funder, name: str) -> Programme:
    """The funder's programme of this name; made, with an address of its own, when it is new."""
    tidy = " ".join(name.split())
    known = funder.programmes.alias(low=Lower("name")).filter(low=Lower(Value(tidy)))
    for slug in slugs(tidy):
        if row := known.first():
            return row
        if Programme.objects.filter(slug=slug).exists():
            continue
        try:
            with transaction.atomic():
                return Programme.objects.create(funder=funder, name=tidy, slug=slug)
        except IntegrityError:
            continue  # somebody else took the name or the address at this moment: look again
    raise Refused(_("There are many programmes of that name. Add the funder’s name to it."))
