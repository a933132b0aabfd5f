"""The things about which one can ask who sees them (sight.py): how each is found, and the steps on
the way to it, each the rule of its own room."""

from collections.abc import Callable
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from evaluation.reports.queries import programmes_of
from evaluation.surveys.models import Wave
from evaluation.surveys.queries import asked
from members.people.models import Person
from networks.directory.queries import visible_to as people_visible_to
from networks.discussions.models import Post, Room, Thread
from networks.discussions.queries import as_read, rooms
from networks.discussions.queries import thread as one_thread
from networks.exchange.models import Entry
from networks.files.models import File
from networks.network.models import Network
from networks.seats.models import Seat
from sessions.cadence.queries import visible_to as sessions_visible_to

from . import sight
from .sight import Step, Thing

Found = Thing | None


def find(kind: str, network: Network, pk: int, asker: Person) -> Found:
    """The thing of the network, for somebody who may know of it; None for what is not there, and
    in the same way for what they may not know of."""
    finder = KINDS.get(kind)
    found = finder(network, pk, asker) if finder else None
    return found if found and found.known_to(asker) else None


def _others(network: Network) -> tuple[tuple[str, str], ...]:
    """Who is never let in, whatever it is: the door knows no ability that would."""
    return (
        (_("Who leaves"), _("Sees nothing here from that moment on.")),
        (_("The funder"), _("Sees figures only: no talk, no names, no titles.")),
        (_("Other networks"), _("Cannot see it.")),
        (_("Who runs the server"), _("No page shows it to them. They keep the database.")),
    )  # fmt: skip


def _network(network: Network, pk: int, asker: Person) -> Found:
    if pk != network.pk:
        return None
    return Thing(
        network.name, (sight.in_network(network),), network.get_absolute_url(),
        reverse("people", args=[network.slug]), others=_others(network),
        more=(_("Its name can be seen by networks that it is linked with."),),
    )  # fmt: skip


def _people(network: Network, pk: int, asker: Person) -> Found:
    if pk != network.pk:
        return None
    url = reverse("people", args=[network.slug])
    return Thing(
        _("The list of people"), (sight.in_network(network),), url, url, others=_others(network),
        more=(_("Email addresses stand in it for coordinators, and where people show them."),),
    )  # fmt: skip


def _person(network: Network, pk: int, asker: Person) -> Found:
    """Somebody's entry: their name, organisation, role and what they can be asked about."""
    spell = people_visible_to(asker, network).filter(person=pk).first()
    if spell is None:
        return None
    in_list = sight.in_rows(
        lambda person: people_visible_to(person, network).filter(person=pk),
        lambda person, name, good: "" if good else _("Only coordinators see who was here before."),
    )
    return Thing(
        spell.person.shown_name, (sight.in_network(network), in_list),
        reverse("person", args=[network.slug, pk]), reverse("people", args=[network.slug]),
        others=_others(network),
        more=(_("What they tell about themselves, their email address too, is seen as far as they "
                "chose. A word about a break is shown to coordinators and to the person alone."),),
    )  # fmt: skip


def _seat(network: Network, pk: int, asker: Person) -> Found:
    seat = Seat.objects.filter(network=network, organisation=pk, until=None)
    seat = seat.select_related("organisation").first()
    if seat is None:
        return None
    return Thing(
        seat.organisation.name, (sight.in_network(network),),
        reverse("seat", args=[network.slug, pk]), reverse("people", args=[network.slug]),
        others=_others(network), more=(_("Who held it before is shown to coordinators only."),),
    )  # fmt: skip


def _room(network: Network, pk: int, asker: Person) -> Found:
    room = next((one for one in rooms(network, asker) if one.pk == pk), None)
    if room is None:
        return None
    return Thing(
        room.name, _to_room(room), reverse("room", args=[network.slug, pk]), _readers(room),
        others=((_("Who joins later"), room.for_newcomers), *_others(network)),
    )  # fmt: skip


def _to_room(room: Room) -> tuple[Step, ...]:
    return (sight.in_network(room.network), sight.in_room(room))


def _readers(room: Room) -> str:
    return reverse("room_readers", args=[room.network.slug, room.pk])


def _said(room: Room, title: str, url: str, step: Callable) -> Thing:
    """Something said in a room: to the room, and then as far back as somebody reads there."""
    return Thing(
        title,
        (*_to_room(room), sight.in_rows(step, partial(sight.reads_from, room))),
        url, _readers(room),
        others=((_("Who joins later"), room.for_later), *_others(room.network)),
    )  # fmt: skip


def _thread(network: Network, pk: int, asker: Person) -> Found:
    thread = one_thread(network, asker, pk)
    if thread is None:
        return None
    url = reverse("thread", args=[network.slug, pk])
    title = as_read(thread).title
    return _said(thread.room, title, url, lambda one: Thread.objects.visible_to(one).filter(pk=pk))


def _post(network: Network, pk: int, asker: Person) -> Found:
    rows = Post.objects.visible_to(asker).standing().filter(network=network, pk=pk)
    post = rows.select_related("thread__room__network", "thread__room__cohort").first()
    if post is None:
        return None
    title = _("A post in “%(title)s”") % {"title": _title(network, post.thread_id, asker)}
    url = reverse("thread", args=[network.slug, post.thread_id])
    seen = Post.objects.standing().filter(pk=pk)
    return _said(post.thread.room, title, url, lambda one: seen.visible_to(one))


def _title(network: Network, pk: int, asker: Person) -> str:
    """What the thread is called for this reader."""
    return as_read(one_thread(network, asker, pk)).title


def _file(network: Network, pk: int, asker: Person) -> Found:
    rows = File.objects.visible_to(asker).filter(network=network, pk=pk)
    file = rows.select_related("post__thread__room__network", "post__thread__room__cohort").first()
    if file is None:
        return None
    url = reverse("thread", args=[network.slug, file.post.thread_id])
    room = file.post.thread.room
    return _said(room, file.name, url, lambda one: File.objects.visible_to(one).filter(pk=pk))


def _entry(network: Network, pk: int, asker: Person) -> Found:
    """An ask or offer: read by whoever reads its thread."""
    rows = Entry.objects.visible_to(asker).filter(network=network, pk=pk)
    entry = rows.select_related("thread__room__network", "thread__room__cohort").first()
    if entry is None:
        return None
    title, url = _title(network, entry.thread_id, asker), reverse("entry", args=[network.slug, pk])
    room = entry.thread.room
    return _said(room, title, url, lambda one: Entry.objects.visible_to(one).filter(pk=pk))


def _session(network: Network, pk: int, asker: Person) -> Found:
    session = sessions_visible_to(asker).filter(network=network, pk=pk).first()
    if session is None:
        return None

    def says(person: Person, name: str, good: bool) -> str:
        if session.cohort_id is None:
            return ""
        if good and person.has_perm("networks.facilitate", network):
            return _("Who coordinates or facilitates sees the sessions of every cohort.")
        return sight.cohort_words(session.cohort, person, name)

    there = sight.in_rows(lambda person: sessions_visible_to(person).filter(pk=pk), says)
    return Thing(
        session.title, (sight.in_network(network), there), session.get_absolute_url(),
        reverse("people", args=[network.slug]) if session.cohort_id is None else "",
        others=_others(network),
        more=(_("The notes, and what was agreed, can be read by whoever can see the session."),),
    )  # fmt: skip


def _survey(network: Network, pk: int, asker: Person) -> Found:
    """The answers to a survey: there is no page that shows them to anybody."""
    wave = Wave.objects.filter(study__network=network, pk=pk, opened_at__isnull=False)
    wave = wave.select_related("study").first()
    if wave is None:
        return None
    return Thing(
        _("Answers to “%(title)s”") % {"title": wave.study.title},
        (sight.nobody(_("No page shows who answered what, to anybody: not to coordinators, not to "
                        "the funder. When the survey has closed, coordinators see counts of enough "
                        "people, and words as they were written, without a name.")),),
        gate=lambda person: (
            person.has_perm("networks.view", network)
            and (
                person.has_perm("networks.coordinate", network)
                or asked(wave).filter(pk=person.pk).exists()
            )
        ),
        more=(_("Your own answers are in the copy of your data, until the survey’s key is "
                "destroyed at its end."),),
    )  # fmt: skip


def _funder(network: Network, pk: int, asker: Person) -> Found:
    """A funder's page: for those who sit for the funder; members see their own part of it."""
    programme = next((one for one in programmes_of(network) if one.pk == pk), None)
    if programme is None:
        return None
    names = {"funder": programme.funder.name}

    def says(person: Person, name: str, good: bool) -> str:
        if good:
            return _("People who sit for %(funder)s see it.") % names
        return _("Only people who sit for %(funder)s see the whole page. Members see their own "
                 "network’s part of it.") % names  # fmt: skip

    sits = Step(lambda person: person.has_perm("networks.view_programme", programme), says)
    return Thing(
        programme.name, (sits,), reverse("shared_figures", args=[network.slug]),
        gate=lambda person: person.has_perm("networks.view", network),
    )  # fmt: skip


KINDS: dict[str, Callable[[Network, int, Person], Found]] = {
    "network": _network,
    "people": _people,
    "person": _person,
    "organisation": _seat,
    "room": _room,
    "thread": _thread,
    "post": _post,
    "file": _file,
    "entry": _entry,
    "session": _session,
    "survey": _survey,
    "funder": _funder,
}
