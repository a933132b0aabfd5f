"""Rooms, threads and posts. The network's number leads the keys of the large tables, so that
they can be split by network one day; it is always that of the room."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, F, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, Least, Lower
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from members.people.models import Person
from networks.membership.models import CohortSpell, Membership
from networks.membership.queries import readable_by
from networks.network.models import Cohort, Network
from peernet.lib import clock, once, personal, portable, rendered

from . import rules

# A title is given to whoever may read it: others said it.
TITLES = "networks.discussions.queries.title_given"


class RoomKind(models.TextChoices):
    OPEN = "open", _("Open to all members")
    TRUSTED = "trusted", _("Trusted: what is said here stays here")


class History(models.TextChoices):
    """What of a room somebody reads who joins later; `rules.OPENS` says what each means."""

    EVERYTHING = rules.EVERYTHING, _("Everything")
    COHORT = rules.COHORT, _("What is said from the start of their cohort")
    JOINING = rules.JOINING, _("Only what is said after they joined")


class RoomQuerySet(models.QuerySet):
    def visible_to(self, person: Person):
        """Rooms the person may enter now: those of their networks, of a cohort only when they are
        in it; those of closed networks are still read. `reads_from` of each: from which moment on
        they read what is said there, as `rules.reads_from` and `queries.ENTRY` say it."""
        inside = CohortSpell.objects.filter(person=person).current()
        here = Coalesce(
            Subquery(inside.filter(cohort=OuterRef("cohort")).values("since")),
            Subquery(
                Membership.objects.filter(person=person, network=OuterRef("network"))
                .current()
                .values(at=Coalesce("here_since", "since"))
            ),
        )
        begun = (
            inside.filter(
                cohort=Coalesce(OuterRef("cohort"), F("cohort")),
                cohort__network=OuterRef("network"),
            )
            .order_by()
            .values("person")
            .annotate(at=Min("cohort__starts_at"))
        )
        with_cohort = Greatest(
            Coalesce(Subquery(begun.values("at")), Value(rules.NEVER)), F("cohorts_from")
        )
        return self.filter(
            Q(cohort=None) | Exists(inside.filter(cohort=OuterRef("cohort"))),
            network__in=readable_by(person).order_by(),
        ).annotate(reads_from=Least(here, with_cohort, F("all_from")))


class Room(models.Model):
    """A space for talk inside a network. Every network has one from the start."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="rooms")
    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(max_length=8, choices=RoomKind.choices, default=RoomKind.OPEN)
    # Only those of a cohort enter its rooms.
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, null=True, blank=True, related_name="rooms", db_index=False
    )
    # What of it is for those who joined later: see rules.Opens. None: as is usual for its kind.
    cohorts_from = models.DateTimeField()
    all_from = models.DateTimeField()
    opened_at = models.DateTimeField(default=clock.now)
    once = once.field()

    objects = RoomQuerySet.as_manager()

    personal = personal.nothing("A room's name and kind.")
    portable = portable.rows(
        "name", "kind", "cohort__name", "opened_at", title=_("Rooms"),
        through={"name": "networks.discussions.queries.room_given"},
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint("network", Lower("name"), name="one_room_per_name"),
            models.CheckConstraint(condition=~Q(name=""), name="room_has_a_name"),
            models.CheckConstraint(
                condition=Q(cohorts_from__lte=F("all_from")), name="room_opens_to_cohorts_first"
            ),
        ]

    def save(self, *args: object, **kwargs: object) -> None:
        if self.all_from is None:
            usual = rules.JOINING if self.trusted else rules.EVERYTHING
            self.cohorts_from, self.all_from = rules.OPENS[usual]
        super().save(*args, **kwargs)

    @property
    def trusted(self) -> bool:
        return self.kind == RoomKind.TRUSTED

    @property
    def for_all(self) -> bool:
        """Whether it is one of the rooms that stand in the network's talk together."""
        return not self.trusted and self.cohort_id is None

    @property
    def for_later(self) -> str:
        """What people who join later can read of what is said now."""
        return rules.for_later(self.opens)

    @property
    def for_newcomers(self) -> str:
        """What somebody who joined just now reads of all that was said so far."""
        return rules.for_newcomers(self.opens)

    @property
    def opens(self) -> rules.Opens:
        return rules.Opens(self.cohorts_from, self.all_from)

    def takes(self, source: "Room") -> bool:
        """Whether a thread of the other room may come here: nobody reads it who could not before,
        and nothing leaves a trusted room."""
        return (
            source.pk != self.pk
            and not source.trusted
            and source.cohort_id in (None, self.cohort_id)
            and rules.opens_no_more(self.opens, source.opens)
        )

    @property
    def history(self) -> str:
        """What who joins from now on will read of what is said now."""
        return rules.history_of(self.opens)


class ThreadQuerySet(models.QuerySet):
    def visible_to(self, person: Person):
        """Threads in the person's rooms in which something still stands that was said when they
        may read it. What was said there before stays hidden: `Post.objects.visible_to`."""
        rooms = Room.objects.visible_to(person).filter(pk=OuterRef("room"))
        rooms = rooms.filter(reads_from__lte=OuterRef("last_post_at"))
        return self.filter(Exists(rooms), last_post_id__isnull=False)


class Thread(models.Model):
    """A subject, and what was said about it. `began_as`: the kind of ask or offer whose words are
    its first post, of which networks/exchange tells; "" for all other talk."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    room = models.ForeignKey(Room, models.CASCADE, related_name="threads")
    title = models.CharField(_("What is it about?"), max_length=160)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    started_at = models.DateTimeField(default=clock.now)
    # Kept with each post, so that lists need no counting. `posts_count` counts every post there
    # ever was; the last post is the last one that was not deleted (none: the thread is gone).
    posts_count = models.PositiveIntegerField(default=0)
    last_post_id = models.BigIntegerField(null=True)
    last_post_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)  # since then nobody can reply
    pinned_at = models.DateTimeField(null=True, blank=True)  # since then first in lists
    began_as = models.CharField(
        max_length=5, choices=[("ask", _("Ask")), ("offer", _("Offer"))], blank=True, default="",
        db_default="",
    )  # fmt: skip
    once = once.field()

    objects = ThreadQuerySet.as_manager()

    personal = personal.about(
        "author", download=("title", "started_at"), erase="keep",
        why=_("A thread belongs to all who wrote in it. You become “A former member” there."),
        title=_("Titles of threads you began"),
    )  # fmt: skip
    portable = portable.rows(
        "room", "title", "author__name", "started_at", "closed_at", "pinned_at",
        title=_("Threads"), room="room", said="started_at", where={"last_post_id__isnull": False},
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["network", "-last_post_at", "-id"], name="threads_by_last_post"),
            models.Index(
                fields=["network", "room", "-last_post_at", "-id"],
                condition=Q(last_post_id__isnull=False),
                name="threads_of_room",
            ),
            # A few of many: without this each page of talk would look through all threads.
            models.Index(
                fields=["network", "room"],
                condition=Q(pinned_at__isnull=False),
                name="threads_pinned",
            ),
        ]


class PostQuerySet(models.QuerySet):
    def visible_to(self, person: Person):
        """Posts that the person may read, and those deleted since, in threads that still stand."""
        rooms = Room.objects.visible_to(person).filter(pk=OuterRef("thread__room"))
        rooms = rooms.filter(reads_from__lte=OuterRef("posted_at"))
        return self.filter(Exists(rooms), thread__last_post_id__isnull=False)

    def standing(self):
        """Not deleted by their writer."""
        return self.filter(deleted_at=None)


class Post(models.Model):
    """What somebody said. The HTML is made once, when it is written, and so is what the post looks
    like with its files; the database itself empties that when what it shows changes (0008)."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="posts", db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(max_length=20_000)  # Markdown
    html = models.TextField()
    posted_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    article = rendered.html_field()
    look = rendered.look_field()
    once = once.field()

    objects = PostQuerySet.as_manager()

    personal = personal.about(
        "author",
        download=("thread__title", "text", "posted_at"),
        erase="blank",
        blank=("text", "html", "article", "look"),
        why=_("The words go. Their places in the threads stay, by “A former member”."),
        title=_("Your posts"),
        through={"thread__title": TITLES},
    )
    portable = portable.rows(
        "thread", "author", "author__name", "text", "posted_at", "edited_at", "deleted_at",
        title=_("Posts"), room="thread__room", said="posted_at",
        where={"thread__last_post_id__isnull": False},
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["network", "thread", "id"], name="posts_of_thread"),
            models.Index(fields=["look"], name="posts_by_look"),  # which ones are to be made anew
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(text="", html=""), name="deleted_post_says_nothing"
            ),
            models.CheckConstraint(
                condition=Q(edited_at=None) | Q(edited_at__gte=F("posted_at")),
                name="post_is_edited_after_it_is_posted",
            ),
        ]

    @property
    def body(self) -> Markup:
        """What was said, as safe HTML: peernet.lib.text made and cleaned it when it was written."""
        return Markup(self.html)  # noqa: S704 -- cleaned by nh3, in actions


class PostWords(models.Model):
    """What a post in an open room is found by: its words and its thread's title, as PostgreSQL
    compares them. What is said in a trusted room has no row here, so no search can tell of it."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="+")
    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    words = SearchVectorField()

    personal = personal.about(
        "post__author",
        download=("post__thread__title", "words"),
        erase="delete",
        title=_("What your posts are found by"),
        through={"post__thread__title": TITLES},
    )
    portable = portable.left_out("Made from the posts.")

    class Meta:
        indexes = [
            # The network first: a member's search never reads the postings of other networks.
            GinIndex(fields=["network", "words"], name="post_words_by_network"),
            models.Index(fields=["network", "post"], name="post_words_newest"),
        ]


class Follow(models.Model):
    """Whether somebody wants a mail for each new post of one thread. Without a row their choice
    for the network says so (networks/preferences)."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="follows", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    on = models.BooleanField()

    personal = personal.about(
        "person",
        download=("thread__title", "on"),
        erase="delete",
        title=_("Threads you follow, or do not want to hear of"),
        through={"thread__title": TITLES},
        merge=personal.Merging("mine"),
    )
    portable = portable.left_out("What somebody wants to hear of is theirs.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "thread", "person"], name="one_follow_per_thread"
            )
        ]


class ReadMark(models.Model):
    """How far somebody has read a thread: one row, never one per post."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="read_marks", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    last_post_id = models.BigIntegerField()

    personal = personal.about(
        "person",
        download=("thread__title",),
        erase="delete",
        title=_("How far you have read"),
        through={"thread__title": TITLES},
        merge=personal.Merging("latest", by="last_post_id"),
    )
    portable = portable.left_out("How far somebody has read is theirs.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person", "thread"], name="one_read_mark_per_thread"
            )
        ]


class Mute(models.Model):
    """What somebody wants to hear nothing about: a thread, a room, or (neither named) all talk of
    a network. It hides nothing from them and tells nobody."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, models.CASCADE, null=True, related_name="+", db_index=False)
    thread = models.ForeignKey(Thread, models.CASCADE, null=True, related_name="+", db_index=False)
    since = models.DateTimeField(default=clock.now)

    personal = personal.about(
        "person",
        download=("network__name", "since"),
        erase="delete",
        title=_("What you muted"),
        merge=personal.Merging("mine"),
    )
    portable = portable.left_out("What somebody wants to hear nothing of is theirs.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person", "room", "thread"],
                name="muted_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(room=None) | Q(thread=None), name="mute_names_one_thing"
            ),
        ]
