"""The part of a form that brings files; the words are another room's."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest

from networks.discussions.models import Post
from networks.network.models import Network
from peernet.lib import pages

from .actions import receive
from .queries import Parcel, of_posts


def parcel_of(request: HttpRequest, network: Network, form, post: Post | None = None) -> Parcel:
    """The files of a form. Those sent with it are kept, also when its words must be put right;
    what could not be kept becomes an error of the form."""
    there = of_posts(network, [post.pk]).get(post.pk, []) if post else []
    if request.method != "POST":
        return typed_parcel(request)._replace(there=there)
    sent, own = request.POST, {row.id for row in there}
    gone = own.intersection(_numbers(sent.getlist("gone")))
    parcel = receive(
        network,
        request.FILES.getlist("files"),
        kept=_numbers(sent.getlist("kept")),
        described=sent.get("described", ""),
        alts={row.id: sent[name] for row in there if (name := f"alt-{row.id}") in sent},
        there=len(there) - len(gone),
        by=request.user,
        key=UUID(form.once),
    )
    for sentence in parcel.refused:
        form.add_error(None, sentence)
    return parcel._replace(there=there, gone=gone)


def typed_parcel(request: HttpRequest) -> Parcel:
    """No files yet; what their pictures show, where it was typed before the sign-in ran out."""
    return Parcel(described=pages.typed(request).get("described", ""))


def _numbers(texts: Iterable[str]) -> list[int]:
    return [number for text in texts if (number := pages.whole_number(text)) is not None]
