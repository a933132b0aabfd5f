"""The file itself: a zip with everything of a network, for people (HTML), for spreadsheets (CSV)
and for programs (JSON), with checksums. A single file beside the shelves, because it is long; it
stands between `queries`, which say what goes in, and `actions`, which say when."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation

from members.privacy.queries import moment
from networks.discussions.models import Post, Room, Thread
from networks.files.models import File
from peernet.lib import clock, sealed
from peernet.lib.bundles import CHECK, Bundle, as_csv, as_json

from . import queries
from .models import NetworkArchive, SealedRoom
from .queries import Part

STYLE = Path(__file__).with_name("read-me.css")
FULL = 16_000_000  # bytes: a sealed part is closed then, so that a browser can bring it back

SealRoom = Callable[[int, datetime], SealedRoom]
Step = Callable[[int], None]


def write(to: Path, archive: NetworkArchive, *, seal_room: SealRoom, step: Step) -> None:
    """Write the archive as its coordinator may have it now; `step` is told of each kind packed.

    Raises OSError.
    """
    person, network = archive.by, archive.network
    found = queries.parts(network, person)
    with (
        timezone.override(ZoneInfo(network.zone)), translation.override(person.language),
        Bundle(to) as bundle,
    ):  # fmt: skip
        bundle.add("read-me.css", STYLE.read_text())
        missing: list[str] = []
        listed = []
        for part in found:
            listed.append((part, *_add_part(bundle, part)))
            missing += _add_files(bundle, part, part.in_clear())
            step(len(found) + 1)
        _add_talk(bundle, found)
        closed = [_add_sealed(bundle, found, *one, seal_room) for one in _to_seal(archive, found)]
        step(len(found) + 1)
        context = {
            "network": network, "archive": archive, "at": moment(clock.now()), "listed": listed,
            "sealed": closed, "trusted": queries.trusted(network), "missing": missing,
            "left": queries.kept_out(), "command": sealed.COMMAND, "check": CHECK,
        }  # fmt: skip
        bundle.add("read-me.html", render_to_string("networks/archives/read_me.html", context))


def _to_seal(archive: NetworkArchive, found: list[Part]) -> list[tuple[Room, datetime]]:
    return queries.sealed_rooms(archive.network, archive.by, found)


def _add_part(bundle: Bundle, part: Part) -> tuple[int, int]:
    """One kind of things, three times over; how many rows there are, and on how many pages."""
    rows, columns = part.in_clear(), part.columns()
    names, labels = [one.name for one in columns], [one.label for one in columns]
    bundle.stream(f"data/{part.name}.json", as_json(names, part.batches(rows)))
    words = [one.words for one in columns]
    bundle.stream(f"data/{part.name}.csv", as_csv(labels, part.batches(rows), words))
    count = pages = 0
    for batch in part.batches(rows):
        pages += 1
        count += len(batch)
        lines = [[word(value) for word, value in zip(words, row, strict=True)] for row in batch]
        context = {
            "title": part.title, "labels": labels, "rows": lines, "page": pages, "name": part.name,
        }  # fmt: skip
        page = render_to_string("networks/archives/table.html", context)
        bundle.add(f"pages/{part.name}-{pages}.html", page)
    return count, pages


def _add_files(bundle: Bundle, part: Part, rows: QuerySet) -> list[str]:
    """The stored files of these rows, at the names that the rows give; those that are lost."""
    lost: list[str] = []
    if part.said.file:
        for name in rows.values_list(part.said.file, flat=True).iterator():
            try:
                content = default_storage.open(name)
            except FileNotFoundError:
                lost.append(name)
                continue
            with content:
                bundle.copy(f"files/{name}", content)
    return lost


def _add_talk(bundle: Bundle, found: list[Part]) -> None:
    """Each thread as somebody reads it, so far as the coordinator does."""
    for thread, posts in _threads(_of(found, Post).in_clear()):
        bundle.add(f"talk/{thread.pk}.html", _talk(thread, posts, _of(found, Thread), found))


def _threads(posts: QuerySet) -> Iterator[tuple[Thread, list[Post]]]:
    """The threads of these posts, one at a time, each with its posts."""
    numbers = list(posts.order_by("thread").values_list("thread", flat=True).distinct())
    for number in numbers:
        rows = list(posts.filter(thread=number).select_related("thread__room", "author"))
        yield rows[0].thread, rows


def _talk(thread: Thread, posts: list[Post], threads: Part, found: list[Part]) -> str:
    known = threads.in_clear().filter(pk=thread.pk).exists()
    return _page(thread, posts, _of(found, File).in_clear(), titled=known)


def _page(thread: Thread, posts: list[Post], files: QuerySet, *, titled: bool) -> str:
    by_post: dict[int, list[File]] = {}
    for file in files.filter(post__in=[post.pk for post in posts]):
        by_post.setdefault(file.post_id, []).append(file)
    said = [(post, moment(post.posted_at), by_post.get(post.pk, [])) for post in posts]
    context = {"thread": thread, "said": said, "titled": titled}
    return render_to_string("networks/archives/thread.html", context)


def _of(found: list[Part], model: type) -> Part:
    return next(part for part in found if part.model is model)


# --- Rooms that others read ----------------------------------------------------------------------


class _Sealer:
    """Parts of one room, each a zip of its own that only the room's key opens."""

    def __init__(self, outer: Bundle, row: SealedRoom) -> None:
        self.outer, self.row = outer, row
        self._begin()

    def _begin(self) -> None:
        self.held, self.size = io.BytesIO(), 0
        self.inner = Bundle(self.held)
        self.inner.add("read-me.css", STYLE.read_text())

    def add(self, name: str, content: str | bytes) -> None:
        if self.size and self.size + len(content) > FULL:
            self.close()
            self._begin()
        self.inner.add(name, content)
        self.size += len(content)

    def close(self) -> None:
        with self.inner:
            pass
        self.row.parts += 1
        self.row.save(update_fields=["parts"])
        name = f"sealed/room-{self.row.room_id}-part-{self.row.parts}.zip{sealed.ENDING}"
        self.outer.add(name, sealed.seal(self.held.getvalue(), self.row.certificate))


def _add_sealed(
    bundle: Bundle, found: list[Part], room: Room, first_at: datetime, seal_room: SealRoom
) -> SealedRoom:
    """What was said in one room that the coordinator may not read, for those who may."""
    row = seal_room(room.pk, first_at)
    sealer = _Sealer(bundle, row)
    sealer.add("room.txt", room.name)
    spoken = [part for part in found if part.said.room]
    for part in spoken:
        names = [one.name for one in part.columns()]
        for at, batch in enumerate(part.batches(part.to_seal(room)), 1):
            sealer.add(f"data/{part.name}-{at}.json", b"".join(as_json(names, [batch])))
    files = _of(found, File).to_seal(room)
    for thread, posts in _threads(_of(found, Post).to_seal(room)):
        sealer.add(f"talk/{thread.pk}.html", _page(thread, posts, files, titled=True))
    for name in files.values_list("stored", flat=True).iterator():
        if default_storage.exists(name):
            with default_storage.open(name) as content:
                sealer.add(f"files/{name}", content.read())
    sealer.close()
    return row
