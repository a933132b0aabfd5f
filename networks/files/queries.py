"""The files of posts, of forms and of networks."""

from collections.abc import Iterable, Set
from typing import NamedTuple

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from members.people.models import Person
from networks.network.models import Network
from peernet.lib import words
from peernet.lib.kinds import ACCEPT, KINDS

from . import rules
from .models import File


class FileRow(NamedTuple):
    """A file as a page shows it. `bytes` is what is stored of it; width and height are those of
    the small picture, None for what is none."""

    id: int
    post_id: int | None
    name: str
    kind: str
    alt: str
    width: int | None
    height: int | None
    bytes: int
    slug: str

    @property
    def picture(self) -> bool:
        return KINDS[self.kind].picture

    @property
    def facts(self) -> str:
        """ "PDF, 240 KB"."""
        return f"{rules.label(self.kind, self.name)}, {words.size(self.bytes)}"

    @property
    def shows(self) -> str:
        """What stands for the picture where it cannot be seen."""
        return self.alt or _("A picture that nobody has described: %(name)s") % {"name": self.name}

    @property
    def box(self) -> tuple[int, int]:
        """Width and height that a page keeps free for the small picture."""
        return rules.fitted(self.width or 1, self.height or 1)

    @property
    def url(self) -> str:
        return reverse("file", args=(self.slug, self.id))

    @property
    def small(self) -> str:
        return reverse("file_small", args=(self.slug, self.id))


class Parcel(NamedTuple):
    """The files that belong to a form: those that wait until it is sent well, those the post has,
    and what was wrong with others. `described`, `gone` and `alts`: as typed and ticked."""

    waiting: list[FileRow] = []
    there: list[FileRow] = []
    refused: list[str] = []
    described: str = ""
    gone: Set[int] = frozenset()
    alts: dict[int, str] = {}

    @property
    def hint(self) -> str:
        return rules.what_may_be_added(sizes())

    @property
    def accept(self) -> str:
        """What the browser's own window offers first."""
        return ACCEPT


def sizes() -> rules.Sizes:
    """What one post may hold."""
    return rules.Sizes(settings.FILE_MAX_BYTES, settings.POST_MAX_FILES, settings.POST_MAX_BYTES)


def of_posts(network: Network, posts: Iterable[int]) -> dict[int | None, list[FileRow]]:
    """The files of these posts (which the reader may see), in the order they were added."""
    return of_posts_in([network.pk], posts)


def of_posts_in(networks: Iterable[int], posts: Iterable[int]) -> dict[int | None, list[FileRow]]:
    """As `of_posts`, for posts in several networks."""
    found: dict[int | None, list[FileRow]] = {}
    only = {"network__in": list(networks), "post__in": list(posts), "post__deleted_at": None}
    for row in _rows(**only):
        found.setdefault(row.post_id, []).append(row)
    return found


def waiting(network: Network, person: Person, pks: Iterable[int]) -> list[FileRow]:
    """Files that the person sent with a form of this network before, also if it went through."""
    return _rows(network=network, owner=person, pk__in=list(pks))


def room_left(network: Network) -> int:
    """How many bytes the network may still keep."""
    used = File.objects.filter(network=network).aggregate(used=Sum("bytes"))["used"]
    return settings.NETWORK_MAX_BYTES - (used or 0)


def _rows(**only: object) -> list[FileRow]:
    rows = File.objects.filter(**only).order_by("pk")
    fields = ("pk", "post_id", "name", "kind", "alt", "width", "height", "bytes", "network__slug")
    return [FileRow(*row) for row in rows.values_list(*fields)]
