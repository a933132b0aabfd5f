"""Keeping files, adding them to posts, and removing what nobody may see any more."""

import logging
import uuid
from collections.abc import Iterable, Iterator
from hashlib import sha256

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.people.models import Person
from networks.discussions.models import Post
from networks.discussions.rules import UNDO
from networks.network.models import Network
from peernet.lib import clock, once, pictures, words
from peernet.lib.errors import Refused
from peernet.lib.forms import tidy
from peernet.lib.kinds import KINDS, Kind, kind_of

from . import queries, rules
from .models import File
from .queries import FileRow, Parcel

logger = logging.getLogger(__name__)
SHELVES = [f"{number:02x}" for number in range(256)]  # the folders of rules.place


def receive(
    network: Network,
    uploads: list[UploadedFile],
    *,
    kept: Iterable[int] = (),
    described: str = "",
    alts: dict[int, str] | None = None,
    there: int = 0,
    by: Person,
    key: uuid.UUID,
) -> Parcel:
    """Keep the files that came with a form, whatever is wrong with its words.

    `kept`: those of an earlier try that still belong to it. `described`: what its pictures show;
    `alts`: what those show that its post has already, which are `there`. `key`: the form's. What
    could not be kept is in `refused`, a sentence each.
    """
    kept = list(kept)
    rows = queries.waiting(network, by, kept)
    described, alts = _line(described), {pk: _line(alt) for pk, alt in (alts or {}).items()}
    refused = []
    if len(rows) < len(set(kept)):
        refused.append(_("A file waited here for more than a day, and is gone. Choose it again."))
    if max(map(len, [described, *alts.values()])) > rules.LONGEST_ALT:
        refused.append(
            _("Say in %(most)s characters or fewer what a picture shows.")
            % {"most": rules.LONGEST_ALT}
        )
    too_many = list(_too_many(there + len(rows), uploads))
    refused += too_many
    for upload in [] if too_many else uploads:
        try:
            row = _keep(network, upload, by, key)
        except Refused as no:
            refused.append(str(no))
        else:
            rows += [row] if row.id not in [other.id for other in rows] else []
    return Parcel(rows, refused=refused, described=described, alts=alts)


@transaction.atomic
def change(post: Post, parcel: Parcel, *, by: Person) -> None:
    """Change the files of one's own post: `parcel.gone` go for good, `parcel.alts` say anew what
    pictures show, and what waits is added."""
    mine = File.objects.filter(network=post.network_id, post=post, owner=by)
    mine.filter(pk__in=parcel.gone).delete()
    for pk, alt in _new_alts(parcel).items():
        mine.filter(pk=pk).update(alt=alt)
    add(post, parcel, by=by)


def changes(parcel: Parcel) -> bool:
    """Whether `change` would change anything."""
    return bool(parcel.waiting or parcel.gone or _new_alts(parcel))


@transaction.atomic
def add(post: Post, parcel: Parcel, *, by: Person) -> None:
    """What waited belongs to the post now; pictures that nobody described get the words typed."""
    pks = [row.id for row in parcel.waiting]
    mine = File.objects.filter(network=post.network_id, owner=by)
    rows = list(mine.filter(pk__in=pks).order_by("pk"))
    new = [row for row in rows if KINDS[row.kind].picture and not row.alt]
    for number, row in enumerate(new, start=1):
        row.alt = rules.one_of(parcel.described, number, len(new))
    for row in rows:
        if row.post_id is None:
            row.post = post
            row.save(update_fields=["post", "alt"])
        elif row.post_id != post.pk:
            _again(row, post)


def sweep() -> int:
    """Remove what nobody can see any more: files that waited too long for their form, files of
    deleted posts that can no longer be put back, and from the disk what has no row.

    Returns how many files left the disk.
    """
    now = clock.now()
    late = Q(post=None, kept_at__lte=now - rules.WAITS)
    late |= Q(post__deleted_at__lte=now - UNDO)
    File.objects.filter(late).delete()
    return sum(_sweep_shelf(f"files/{shelf}") for shelf in SHELVES)


def _new_alts(parcel: Parcel) -> dict[int, str]:
    was = {row.id: row.alt for row in parcel.there}
    return {pk: alt for pk, alt in parcel.alts.items() if was.get(pk, alt) != alt}


def _too_many(before: int, uploads: list[UploadedFile]) -> Iterator[str]:
    sizes = queries.sizes()
    if before + len(uploads) > sizes.files:
        yield ngettext(
            "A post takes %(n)s file, so none of those you just chose was added.",
            "A post takes %(n)s files, so none of those you just chose was added.",
            sizes.files,
        ) % {"n": sizes.files}
    if sum(upload.size for upload in uploads) > sizes.post:
        yield _(
            "Those files are more than %(most)s together, so none of them was added. "
            "Send some of them with another post."
        ) % {"most": words.size(sizes.post)}


def _line(words: str) -> str:
    return " ".join(tidy(words).split())


def _keep(network: Network, upload: UploadedFile, by: Person, key: uuid.UUID) -> FileRow:
    """One file, checked, made safe and stored. The same file of the same form is kept once."""
    name = rules.shown(upload.name or "")
    try:
        data = _read(upload)
        kind = kind_of(data)
        if kind is None:
            raise Refused(_("it is none of these: %s") % rules.kinds())
        made = _stored(network, upload.name or "", kind, data)
        if made.bytes > queries.room_left(network):
            raise Refused(_("this network has no room for more files. Its coordinator can help"))
        mark = f"{network.pk} {by.pk} {made.name} {sha256(data).hexdigest()}"
        row = _once(made, by, uuid.uuid5(key, mark))
    except Refused as no:
        said = _("“%(name)s” was not added: %(why)s") % {"name": name, "why": no}
        raise Refused(said if said.endswith(".") else f"{said}.") from no
    return queries.waiting(network, by, [row.pk])[0]


def _read(upload: UploadedFile) -> bytes:
    """All of it. Raises Refused for what is empty, too large, or did not arrive."""
    if getattr(upload, "lost", False):
        raise Refused(_no_disk())
    if not upload.size:
        raise Refused(_("it is empty"))
    if upload.size > settings.FILE_MAX_BYTES:
        most = words.size(settings.FILE_MAX_BYTES)
        raise Refused(_("it is larger than %(most)s. Make it smaller") % {"most": most})
    return upload.read()


def _stored(network: Network, name: str, kind: Kind, data: bytes) -> File:
    """The row, not saved yet, with what will be stored."""
    row = File(network=network, bytes=len(data))
    if kind.picture:
        picture = pictures.made_anew(data)
        kind, data = KINDS[picture.code], picture.whole
        row.width, row.height = picture.width, picture.height
        row.small = ContentFile(picture.small, rules.place("webp"))
        row.bytes = len(data) + len(picture.small)
    row.name, row.kind = rules.called(name, kind), kind.code
    row.stored = ContentFile(data, rules.place(kind.endings[0]))
    return row


def _once(made: File, by: Person, key: uuid.UUID) -> File:
    fields = ("network", "name", "kind", "bytes", "width", "height", "stored", "small")
    values = {field: getattr(made, field) for field in fields}
    try:
        return once.create(File, key, owner=by, **values)[0]
    except OSError as broken:
        logger.error("a file could not be stored: %s", type(broken).__name__)
        raise Refused(_no_disk()) from broken


def _no_disk() -> str:
    return _("there is no room on the server just now. Your words are still here; try again later")


def _again(row: File, post: Post) -> None:
    """A form kept open (the browser's Back) brings the same file for another post: a second one."""
    with row.stored.open() as whole:
        stored = ContentFile(whole.read(), rules.place(KINDS[row.kind].endings[0]))
    small: ContentFile | str = ""
    if row.small:
        with row.small.open() as part:
            small = ContentFile(part.read(), rules.place("webp"))
    File.objects.create(
        network_id=row.network_id, post=post, owner_id=row.owner_id, name=row.name, alt=row.alt,
        kind=row.kind, bytes=row.bytes, width=row.width, height=row.height, stored=stored,
        small=small,
    )  # fmt: skip


def _sweep_shelf(shelf: str) -> int:
    """Remove from one folder what no row names and what is not just coming in."""
    paths = {f"{shelf}/{name}" for name in _names(shelf)}
    for field in ("stored", "small"):
        paths -= set(File.objects.filter(**{f"{field}__in": paths}).values_list(field, flat=True))
    sure = clock.now() - rules.UNSURE
    old = [path for path in paths if default_storage.get_modified_time(path) < sure]
    for path in old:
        default_storage.delete(path)
    return len(old)


def _names(shelf: str) -> Iterator[str]:
    try:
        yield from default_storage.listdir(shelf)[1]
    except FileNotFoundError:
        return
