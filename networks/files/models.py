"""Files that people add to their posts. Their content lies in the storage under random names; it
goes out only through this room's views, which ask the one door each time."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.people.models import Person
from networks.discussions.models import TITLES, Post
from networks.network.models import Network
from peernet.lib import clock, once, personal, portable


class FileQuerySet(models.QuerySet):
    def visible_to(self, person: Person):
        """Files of posts that stand, where the person may read. One that waits for its post is
        nobody's to see."""
        return self.filter(post__in=Post.objects.visible_to(person).standing().values("pk"))

    def waiting(self):
        """Kept for a form that came back: not yet of a post."""
        return self.filter(post=None)


class File(models.Model):
    """One file. Of a picture two are stored: `stored`, made anew, and a `small` one for pages."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="+", db_index=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=120)
    alt = models.CharField(_("What the picture shows"), max_length=320, blank=True)
    kind = models.CharField(max_length=8)
    stored = models.FileField(_("In this archive"), max_length=100)
    small = models.FileField(max_length=100, blank=True)
    width = models.PositiveSmallIntegerField(null=True)  # of the small one
    height = models.PositiveSmallIntegerField(null=True)
    bytes = models.PositiveIntegerField()  # of both
    kept_at = models.DateTimeField(_("Added"), default=clock.now)
    once = once.field()

    objects = FileQuerySet.as_manager()

    personal = personal.about(
        "owner",
        download=("post__thread__title", "name", "alt", "kept_at", "stored"),
        erase="delete",
        title=_("Files you added"),
        through={"post__thread__title": TITLES},
    )
    portable = portable.rows(
        "post", "name", "alt", "owner__name", "kept_at", "stored", title=_("Files"),
        room="post__thread__room", said="post__posted_at",
        where={"post__deleted_at": None, "post__thread__last_post_id__isnull": False},
        file="stored",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["network", "post"], name="files_of_posts", include=["bytes"]),
            models.Index(fields=["kept_at"], name="files_waiting", condition=models.Q(post=None)),
            models.Index(fields=["small"], name="files_by_small_picture"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(small="", width=None, height=None)
                | models.Q(width__gt=0, height__gt=0) & ~models.Q(small=""),
                name="only_pictures_have_a_small_one",
            ),
            models.UniqueConstraint(fields=["stored"], name="one_row_per_stored_file"),
        ]
