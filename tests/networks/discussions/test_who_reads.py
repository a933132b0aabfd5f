"""Whose rooms, threads and posts somebody may read: one table of everybody."""

import pytest

from networks.discussions.models import Post, Room, RoomKind, Thread
from networks.discussions.queries import rooms
from networks.discussions.queries import thread as find
from networks.network.models import Network
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


def test_each_reads_what_was_said_in_their_networks_and_nothing_else():
    places = [cast.network(name, slug=name.lower()) for name in ("Care", "Libraries", "Shut")]
    care, libraries, shut = places
    for place in places:
        author = cast.member(place, "Ann Lee")
        cast.thread(place, author, f"{place.name} asks")
        room = Room.objects.create(network=place, name="Rants", kind=RoomKind.TRUSTED)
        rant = cast.thread(place, author, f"{place.name} rants")[0]
        Thread.objects.filter(pk=rant.pk).update(room=room)
        empty = cast.thread(place, author, f"{place.name} took it back")[0]
        Thread.objects.filter(pk=empty.pk).update(last_post_id=None)
    Network.objects.filter(pk=shut.pk).update(closed_at=clock.now())
    both = cast.member(care, "Bo Both")
    cast.member(libraries, person=both)
    for person, reads in (
        (cast.member(care), [care]), (cast.coordinator(care), [care]), (both, [care, libraries]),
        (cast.member(shut, "Old"), [shut]), (cast.former_member(care), []), (cast.person(), []),
        (cast.funder_person(cast.grant(care).programme), []),
    ):  # fmt: skip
        threads = Thread.objects.visible_to(person)
        names = sorted(one.title for one in threads)
        assert names == sorted(f"{one.name} {what}" for one in reads for what in ("asks", "rants"))
        said = {one.thread_id for one in Post.objects.visible_to(person)}
        assert said == {one.pk for one in threads}
        assert {one.network for one in Room.objects.visible_to(person)} == {*reads}
        for place in places:
            assert {one.network for one in rooms(place, person)} == {place} & {*reads}
        for thread in Thread.objects.exclude(last_post_id=None):
            for place in places:
                may = thread.network == place and place in reads
                assert (find(place, person, thread.pk) is not None) is may
