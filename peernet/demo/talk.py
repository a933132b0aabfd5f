"""What the demo's people say to each other, and how far each has read."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Max

from members.people.models import Person
from networks.discussions.actions import make_findable
from networks.discussions.models import Post, ReadMark, Room, Thread
from networks.membership.models import CohortSpell, Membership
from peernet.lib import clock, text

READ = timedelta(days=4)  # what is newer than that is still new to everybody but its writers
BETWEEN = timedelta(minutes=7)


def write(room: Room, threads: Iterable[Any], people: Mapping[Any, Person]) -> None:
    """Threads of the room: (title, [(who, days ago, words)]). `people`: everybody by that who."""
    for title, posts in threads:
        first = clock.now() - timedelta(days=posts[0][1])
        thread = Thread.objects.create(
            network=room.network, room=room, title=title, author=people[posts[0][0]],
            started_at=first,
        )  # fmt: skip
        made = Post.objects.bulk_create(
            Post(
                network=room.network, thread=thread, author=people[who], text=words,
                html=text.html(words),
                posted_at=clock.now() - timedelta(days=days) + BETWEEN * number,
            )
            for number, (who, days, words) in enumerate(posts)
        )  # fmt: skip
        thread.posts_count, thread.last_post_id = len(made), made[-1].pk
        thread.last_post_at = made[-1].posted_at
        thread.save(update_fields=["posts_count", "last_post_id", "last_post_at"])
        make_findable(thread)


def mark_read() -> None:
    """Everybody has read what was said until some days ago, and what they wrote themselves."""
    old = Post.objects.filter(posted_at__lt=clock.now() - READ)
    read = dict(old.values_list("thread").annotate(last=Max("pk")))
    own = {
        (thread, author): last
        for thread, author, last in Post.objects.values_list("thread", "author").annotate(Max("pk"))
    }
    people: dict[tuple[int, int | None], list[int]] = {}
    for place, person in Membership.objects.current().values_list("network", "person"):
        people.setdefault((place, None), []).append(person)
    for place, cohort, person in CohortSpell.objects.current().values_list(
        "cohort__network", "cohort", "person"
    ):
        people.setdefault((place, cohort), []).append(person)
    marks = [
        ReadMark(network_id=place[0], thread_id=thread, person_id=person, last_post_id=last)
        for thread, *place in Thread.objects.values_list("pk", "network", "room__cohort")
        for person in people.get(tuple(place), [])
        if (last := max(read.get(thread, 0), own.get((thread, person), 0)))
    ]
    ReadMark.objects.bulk_create(marks)
