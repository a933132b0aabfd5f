from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from networks.network.models import Network
from peernet.lib import clock, once, personal


class RoomKind(models.TextChoices):
    OPEN = "open", _("Open to all members")
    TRUSTED = "trusted", _("Trusted: what is said here stays here")


class Room(models.Model):
    """A space for talk inside a network. Every network has one from the start."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="rooms")
    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(max_length=8, choices=RoomKind.choices, default=RoomKind.OPEN)
    opened_at = models.DateTimeField(default=clock.now)

    personal = personal.nothing("A room's name and kind.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "name"], name="one_room_per_name")]


class Thread(models.Model):
    """A subject, and what was said about it."""

    room = models.ForeignKey(Room, models.CASCADE, related_name="threads")
    title = models.CharField(_("What is it about?"), max_length=160)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    started_at = models.DateTimeField(default=clock.now)
    last_post_at = models.DateTimeField(default=clock.now)  # kept, so that lists need no counting
    last_post_id = models.BigIntegerField(null=True)
    posts_count = models.PositiveIntegerField(default=0)
    once = once.field()

    personal = personal.about(
        "author", download=("title", "started_at"), erase="keep",
        why="The thread belongs to all who wrote in it; the author becomes a former member.",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["room", "-last_post_at", "-id"], name="threads_by_last_post")
        ]


class Post(models.Model):
    """What somebody said. The HTML is made once, when it is written."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="posts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(max_length=20_000)  # Markdown
    html = models.TextField()
    posted_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    once = once.field()

    personal = personal.about(
        "author", download=("thread__title", "text", "posted_at"), erase="blank", blank=("text", "html")
    )

    class Meta:
        indexes = [models.Index(fields=["thread", "id"], name="posts_of_thread")]
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(text=""), name="deleted_post_says_nothing"
            )
        ]


class ReadMark(models.Model):
    """How far somebody has read a thread: one row, never one per post."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="read_marks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    last_post_id = models.BigIntegerField()

    personal = personal.about("person", download=("thread__title",), erase="delete")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "thread"], name="one_read_mark_per_thread")
        ]
