"""Two accounts of one person become one."""

import copy
from contextlib import suppress
from itertools import permutations
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, models, transaction
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from members.access.models import Device
from members.people.actions import send_code, tell_of_change
from members.people.models import Alias, Person
from members.people.notices import merge_code
from members.people.queries import whose
from members.privacy.actions import NOWHERE
from peernet.lib import clock
from peernet.lib.errors import Refused
from peernet.lib.personal import Merging

from . import queries, rules

Held = dict[str, Any]  # what a browser's session keeps of it between the steps


# --- The proof that the other address is theirs, too ---------------------------------------------


def send_proof(email: str, *, by: Person) -> Held:
    """Mail a code to the other address, whether or not anybody has an account there; returns what
    the session must hold of it. Raises Refused when the mail server does not take it."""
    code = get_random_string(6, "0123456789")
    email = email.strip().lower()
    send_code(merge_code(code), email, code)
    until = (clock.now() + rules.LASTS).timestamp()
    return {"email": email, "digest": _digest(by, email, code), "until": until, "tries": 0}


def prove(held: Held, code: str, *, by: Person) -> None:
    """Accept the code; counts the tries in `held`, and writes there that it was shown.

    Raises Refused when the code is wrong, too old or was tried too often.
    """
    held["tries"] += 1
    if held["tries"] > rules.CODE_TRIES or held["until"] < clock.now().timestamp():
        raise Refused(_("This code does not work any more. Ask for a new one below."))
    typed = "".join(code.split())
    if not constant_time_compare(held["digest"], _digest(by, held["email"], typed)):
        raise Refused(_("That is not the code we sent. Type its 6 digits again."))
    held["shown"], held["until"] = by.pk, (clock.now() + rules.LASTS).timestamp()


def other(held: Held, *, by: Person) -> Person | None:
    """The account at the address that `by` showed to be theirs; None when there is none."""
    if held.get("shown") != by.pk or held["until"] < clock.now().timestamp():
        return None
    found = whose(held["email"])
    return found if found and found != by and found.is_active else None


def _digest(by: Person, email: str, code: str) -> str:
    said = f"{by.pk}-{email}-{code}"
    return salted_hmac("members.merging.proof", said, algorithm="sha256").hexdigest()


@transaction.atomic
def put_away(*, by: Person) -> None:
    """Do not offer it again by itself."""
    Person.objects.filter(pk=by.pk).update(doubles_put_away=True)
    by.doubles_put_away = True


# --- The deed ------------------------------------------------------------------------------------


@transaction.atomic
def merge(into: Person, old: Person, *, by: Person) -> None:
    """Give all that the account `old` has to `into`, and leave of it an empty one that nobody signs
    in to: its addresses sign in to `into`. For good.

    That both are theirs was shown before (`prove`). Raises Refused when it is not their own doing,
    or one of them is closed.
    """
    if into != by or into == old:
        raise Refused(_("Only they can change this."))
    pair = Person.objects.select_for_update().filter(pk__in=[into.pk, old.pk]).order_by("pk")
    rows = {row.pk: row for row in pair}
    into, old = rows[into.pk], rows[old.pk]
    if not (into.is_active and old.is_active):
        raise Refused(_("One of the two accounts is closed by now."))
    before = old.email
    for forget in settings.MERGED:
        import_string(forget)(into, old)
    there = Device.objects.filter(person=old).values("session_key")
    Session.objects.filter(session_key__in=there).delete()
    _addresses(into, old)
    for model, said, paths in queries.moved():
        _move(model, said.merge, paths, into, old)
    _empty(into, old)
    Alias.objects.create(old_id=old.pk, into=into, joined_at=old.joined_at)
    tell_of_change("person.merged", by=into, also=before)


def _addresses(into: Person, old: Person) -> None:
    """Every confirmed address of either signs in to the one that stays."""
    theirs = EmailAddress.objects.filter(user=old)
    EmailAddress.objects.filter(user=into, email__in=theirs.values("email")).delete()
    shown = theirs.filter(email=old.email)
    shown.update(verified=True)  # its code was typed
    theirs.filter(verified=False).delete()
    theirs.update(user=into, primary=False)
    if not EmailAddress.objects.filter(email=old.email).exists():
        EmailAddress.objects.create(user=into, email=old.email, verified=True)


def _move(
    model: type[models.Model], how: Merging | None, paths: list[str], into: Person, old: Person
) -> None:
    """Have the rows of one model name the first account where they named the second."""
    if how and how.how == "kept":
        return
    if how and how.how == "gone":
        for path in paths:
            model._base_manager.filter(**{path: old}).delete()
        return
    for one, two in permutations(how.apart if how else (), 2):
        model._base_manager.filter(**{one: into, two: old}).delete()
    for clash in queries.clashes(model) if how else []:
        settle = _join if clash.spells else _choose
        settle(model, clash, how, into, old)
    for path in paths:
        model._base_manager.filter(**{path: old}).update(**{path: into})


def _choose(
    model: type[models.Model], clash: queries.Clash, how: Merging, into: Person, old: Person
) -> None:
    """Of two rows about the same thing one stays."""
    for mine, theirs in queries.pairs(model, clash, into, old):
        goes, stays = theirs, mine
        if how.by:
            first, second = getattr(mine, how.by), getattr(theirs, how.by)
            if (second < first) if how.how == "earliest" else (second > first):
                goes, stays = mine, theirs
        _inherit(goes, stays)
        goes.delete()


def _inherit(goes: models.Model, stays: models.Model) -> None:
    """What names the row that goes names the one that stays; but for what that has already, which
    goes along."""
    for model, path in queries.pointing_at(type(goes)):
        for row in model._base_manager.filter(**{path: goes}):
            with suppress(IntegrityError), transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{path: stays})


def _join(
    model: type[models.Model],
    clash: queries.Clash,
    how: Merging,
    into: models.Model,
    old: models.Model,
) -> None:
    """Lay the spells of both out so that at each moment there is one. They go to the first account
    afterwards: while they are shortened, nothing overlaps."""
    for rows, stretches in queries.spells(model, clash, into, old, how):
        if not rules.overlapping(stretches):
            continue
        laid, known = rules.laid_out(stretches), {row.pk: row for row in rows}
        kept = {one.row for one in laid}
        for gone in [row for pk, row in known.items() if pk not in kept]:
            _inherit(gone, known[next(one.row for one in laid if one.covers(gone.since))])
            gone.delete()
        used: set[int] = set()
        for row in _spelled(laid, known, how):
            again = row.pk in used
            used.add(row.pk)
            if again:
                row.pk, row._state.adding = None, True
            row.save(force_insert=again)


def join_spells(
    model: type[models.Model], clash: queries.Clash, into: models.Model, old: models.Model
) -> None:
    """As for two accounts, for spells that name something else that becomes one: an organisation,
    its place. By what the model declares of merging."""
    how = model.personal.merge  # type: ignore[attr-defined]
    _join(model, clash, how, into, old)


def _spelled(
    laid: list[rules.Stretch], known: dict[int, models.Model], how: Merging
) -> list[models.Model]:
    """The rows as they will stand, each with why it ended and since when it goes on."""
    made, began = [], None
    for at, one in enumerate(laid):
        row = copy.copy(known[one.row])
        row._state = copy.copy(row._state)
        follows = at > 0 and laid[at - 1].until == one.since
        goes_on = at + 1 < len(laid) and laid[at + 1].since == one.until
        own = getattr(row, how.began, None) or row.since if how.began else None
        row.since, row.until = one.since, one.until
        if how.changed and goes_on:
            setattr(row, *how.changed)
        if how.began:
            began = min(began, own) if follows and began else own
            setattr(row, how.began, began if began != row.since else None)
        made.append(row)
    return made


def _empty(into: Person, old: Person) -> None:
    """Nothing is left of the second account but its number."""
    into.name = into.name or old.name
    into.is_operator = into.is_operator or old.is_operator
    into.save(update_fields=["name", "is_operator"])  # not joined_at: older backups know it by that
    old.email, old.name = f"gone-{get_random_string(32).lower()}{NOWHERE}", ""
    old.is_active = old.is_operator = False
    old.last_login = None
    old.token_version += 1
    old.set_unusable_password()
    old.save()
