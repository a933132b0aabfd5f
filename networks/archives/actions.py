"""A network's whole archive: asked for, packed, forgotten, and its sealed parts opened."""

import logging
import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from traceback import format_tb

from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from members.audit.actions import note
from members.notices.actions import tell
from members.people.models import Person
from members.privacy.models import ArchiveState
from members.privacy.queries import addresses
from networks.imports.actions import forget_results
from networks.invitations.models import Invitation
from networks.membership.actions import hold
from networks.membership.queries import coordinators
from networks.network.models import Network
from peernet.lib import clock, sealed, words
from peernet.lib.errors import Refused

from . import queries
from .models import KEPT, UNDER_WAY, NetworkArchive, SealedRoom
from .writing import write

logger = logging.getLogger(__name__)
PART = ".part"  # behind the name of a file that is being written
LEASE, TRIES = timedelta(minutes=15), 3  # each kind of things renews it
MOST_OPENED = 40_000_000  # bytes of a sealed part that somebody brings


@transaction.atomic
def ask(network: Network, *, by: Person) -> NetworkArchive:
    """Have everything of a network packed for one of its coordinators; a worker does it.

    While theirs is under way, asking again changes nothing; else it takes the place of the file
    before. Raises Refused while another coordinator's is under way, and within an hour.
    """
    hold(network)
    going = NetworkArchive.objects.filter(network=network, state__in=UNDER_WAY).first()
    if going and going.by_id == by.pk:
        return going
    if going:
        raise Refused(_("A copy is being packed for another coordinator. Ask again in a while."))
    mine = NetworkArchive.objects.filter(network=network, by=by)
    before = mine.order_by("-pk").first()
    if before and not before.is_settled:
        again = words.clock(before.again_from)
        raise Refused(
            _("You asked for it just now. You can ask again at %(time)s.") % {"time": again}
        )
    _let_go(mine)
    made = NetworkArchive.objects.create(network=network, by=by)
    note("archive.asked", by=by, network_id=network.pk, about_id=made.pk)
    return made


def fetch(archive: NetworkArchive, *, by: Person) -> None:
    """The coordinator takes the file: those who are governed can see that on the log."""
    note("archive.fetched", by=by, network_id=archive.network_id, about_id=archive.pk)


def pack_due(limit: int = 5) -> int:
    """Pack what was asked for; returns how many were dealt with. Any number of workers may do this
    at once, and one that dies leaves its work to the next."""
    done = 0
    while done < limit and (archive := _claim()):
        done += 1
        try:
            size = _pack(archive)
        except DatabaseError:
            raise
        except Exception as fault:  # a full disk; or a fault of ours, which must stop nobody else's
            where = "".join(format_tb(fault.__traceback__))  # what it says may name somebody
            logger.error("a network could not be packed: %s\n%s", type(fault).__name__, where)
            _remove([archive.file])
            archive.sealed.all().delete()
            _mine(archive).update(state=ArchiveState.FAILED, busy_until=None, file="")
        else:
            _ready(archive, size)
    return done


def forget_files() -> None:
    """Delete what was ready a week ago, and files that no row knows. Rows and keys stay: the
    coordinator has the file, and its sealed rooms must still open."""
    _let_go(NetworkArchive.objects.filter(ready_at__lte=clock.now() - KEPT))
    if queries.folder().is_dir():
        known = set(NetworkArchive.objects.exclude(file="").values_list("file", flat=True))
        lying = {path.name for path in queries.folder().iterdir()}
        _remove(name for name in lying if name.removesuffix(PART) not in known)


def forget_with(person: Person) -> None:
    """Somebody closes their account: no file that lies here names them any more, nor what became
    of a list. One that is being packed is packed again. What a coordinator has taken is with them
    (settings.OWN_DATA)."""
    forget_results(person)
    asked = Invitation.objects.filter(email__in=addresses(person)).values("network")
    named = Q(network__in=asked) | Q(network__memberships__person=person)
    _let_go(NetworkArchive.objects.filter(named).distinct())


@transaction.atomic
def give_key(row: SealedRoom, *, by: Person) -> bytes:
    """The key of a sealed room, for one of those who may read all that is in it."""
    about = {"about_id": row.archive_id, "room": row.room_id}
    note("archive.key_given", by=by, network_id=row.archive.network_id, **about)
    return sealed.given(row.key)


@transaction.atomic
def open_part(network: Network, content: bytes, *, by: Person) -> bytes:
    """What is in a sealed part, as a zip, for one of those who may read all of it.

    Raises Refused when it is of a room that they may not read, or no such file at all: the answer
    is the same.
    """
    mine = queries.opens_for(network, by)
    found = sealed.opened(content, [(row.key, row.certificate) for row in mine])
    if found is None:
        raise Refused(
            _("You cannot open this file here. Choose a part whose name ends in .p7m, of a room "
              "that you are in and whose words you may read.")
        )  # fmt: skip
    at, clear = found
    about = {"about_id": mine[at].archive_id, "room": mine[at].room_id}
    note("archive.opened", by=by, network_id=network.pk, **about)
    return clear


@transaction.atomic
def _claim() -> NetworkArchive | None:
    """The next to be packed, ours for a while; one at which TRIES workers died is given up."""
    now = clock.now()
    late = Q(state=ArchiveState.PACKING, busy_until__lte=now)
    rows = NetworkArchive.objects.filter(Q(state=ArchiveState.ASKED) | late).order_by("pk")
    archive = rows.select_for_update(skip_locked=True).first()
    if archive is None:
        return None
    archive.sealed.all().delete()  # of a try that was given up: nobody has its file
    archive.done, archive.busy_until = 0, now + LEASE
    archive.attempts += 1
    gone = archive.by is None or not coordinators(archive.network).filter(pk=archive.by_id).exists()
    if gone or archive.attempts > TRIES:
        archive.state, archive.busy_until = ArchiveState.FAILED, None
        archive.save()
        return _claim()
    archive.state = ArchiveState.PACKING
    archive.file = f"{secrets.token_hex(16)}.zip"  # of this try: one given up may still be writing
    archive.save()
    return archive


def _mine(archive: NetworkArchive) -> QuerySet[NetworkArchive]:
    """The row, unless it went to another worker meanwhile."""
    return NetworkArchive.objects.filter(pk=archive.pk, file=archive.file)


def _pack(archive: NetworkArchive) -> int:
    """Write the file, whole or not at all; returns its size in bytes. Raises OSError."""
    queries.folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    to = queries.folder() / archive.file
    part = to.with_name(to.name + PART)
    part.touch(mode=0o600)
    write(part, archive, seal_room=partial(_seal, archive), step=partial(_step, archive))
    part.rename(to)
    return to.stat().st_size


def _seal(archive: NetworkArchive, room: int, first_at: object) -> SealedRoom:
    key, certificate = sealed.new_key()
    return SealedRoom.objects.create(
        archive=archive, room_id=room, first_at=first_at, key=key, certificate=certificate
    )


def _step(archive: NetworkArchive, total: int) -> None:
    """One more kind of things is packed: people who wait see it, and the lease begins anew."""
    until = clock.now() + LEASE
    _mine(archive).update(done=F("done") + 1, total=total, busy_until=until)


@transaction.atomic
def _ready(archive: NetworkArchive, size: int) -> None:
    changes = {"state": ArchiveState.READY, "busy_until": None, "ready_at": clock.now()}
    if _mine(archive).update(**changes, bytes=size):
        whom = Person.objects.filter(pk=archive.by_id)
        tell(whom, "network_archive", archive.pk, network_id=archive.network_id)
    else:
        _remove([archive.file])


def _let_go(rows: QuerySet[NetworkArchive]) -> None:
    """Forget the files, and delete them once that is certain."""
    held = list(rows.exclude(file="").values_list("pk", "file"))
    NetworkArchive.objects.filter(pk__in=[pk for pk, _name in held]).update(file="")
    names = [name for _pk, name in held]
    transaction.on_commit(partial(_remove, names))


def _remove(names: Iterable[str]) -> None:
    for name in filter(None, names):
        for path in (queries.folder() / name, queries.folder() / f"{name}{PART}"):
            try:
                path.unlink(missing_ok=True)
            except OSError as broken:  # upkeep tries again
                logger.error("a copy of a network is left: %s", type(broken).__name__)
