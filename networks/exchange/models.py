"""Asks and offers. What one says, and what is said about it, is a thread of talk: its title and
its words are written, changed, found, blanked and deleted there and nowhere else."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from members.organisations.models import Organisation
from members.people.models import Person
from networks.discussions.models import Room, RoomKind, Thread
from networks.membership.models import Membership
from networks.network.models import Network
from peernet.lib import clock, personal, portable

from . import rules


class Kind(models.TextChoices):
    ASK = "ask", _("Ask")
    OFFER = "offer", _("Offer")


class About(models.TextChoices):
    HELP = "help", _("Help and advice")
    THING = "thing", _("A thing or a space")
    TRADE = "trade", _("Trade")
    SERVICE = "service", _("A shared service")
    MONEY = "money", _("Money or an opportunity")
    PEOPLE = "people", _("People and time")


class State(models.TextChoices):
    OPEN = rules.OPEN, _("Open")
    TALK = rules.TALK, _("In talk")
    MET = rules.MET, _("Met")
    WITHDRAWN = rules.WITHDRAWN, _("Withdrawn")


class Outcome(models.TextChoices):
    MET_HERE = "met_here", _("Met by somebody here")
    MET_ELSEWHERE = "met_elsewhere", _("Met elsewhere")
    NOT_NEEDED = "not_needed", _("No longer needed")
    NOT_MET = "not_met", _("Not met")


TAKEN_UP = {
    Outcome.MET_HERE: _("Taken up by somebody here"),
    Outcome.MET_ELSEWHERE: _("Taken up elsewhere"),
    Outcome.NOT_NEEDED: _("No longer on offer"),
    Outcome.NOT_MET: _("Nobody took it up"),
}


class EntryQuerySet(models.QuerySet):
    def visible_to(self, person: Person):
        """Those whose thread the person may read in an open room: what somebody moved to a trusted
        room stays there."""
        threads = Thread.objects.visible_to(person)
        open_rooms = Room.objects.filter(kind=RoomKind.OPEN)
        return self.filter(thread__in=threads.filter(room__in=open_rooms).values("pk"))

    def standing(self):
        """Those that somebody can still answer: not ended, not run out, their thread not closed,
        and their poster still here."""
        here = Membership.objects.filter(network=OuterRef("network"), person=OuterRef("by"))
        return self.filter(
            Exists(here.current()),
            state__in=rules.STANDING,
            expires_at__gt=clock.now(),
            thread__closed_at=None,
            thread__last_post_id__isnull=False,
            by__is_active=True,
        )

    def told(self):
        """With all that a line about one says: its thread, who, for which organisation, tags."""
        found = self.select_related("thread", "network", "by", "organisation", "met_by")
        return found.prefetch_related("tags")


class Entry(models.Model):
    """An ask or an offer of a network. Its number is that of its thread."""

    thread = models.OneToOneField(Thread, models.CASCADE, primary_key=True, related_name="entry")
    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("Kind"), max_length=5, choices=Kind.choices)
    about = models.CharField(_("What about"), max_length=8, choices=About.choices)
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.OPEN)
    outcome = models.CharField(
        _("What came of it"), max_length=13, choices=Outcome.choices, blank=True
    )
    met_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    named = models.BooleanField(null=True)  # whether they agree to be named; None: not said yet
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    weeks = models.PositiveSmallIntegerField(default=rules.WEEKS)  # that one press adds
    renewals = models.PositiveSmallIntegerField(default=0)
    warned_at = models.DateTimeField(null=True, blank=True)  # asked whether it still stands
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = EntryQuerySet.as_manager()

    personal = personal.about(
        "by",
        download=("thread__title", "kind", "about", "state", "outcome", "made_at", "ended_at"),
        did=("met_by",),
        did_download=("kind", "about", "ended_at", "named"),
        erase="keep",
        why=_("The figures still say how many asks were met. No name stands there."),
        title=_("What you asked for and offered"),
    )
    portable = portable.rows(
        "thread", "kind", "about", "organisation__name", "state", "outcome", "made_at",
        "expires_at", "ended_at", title=_("Asks and offers"), room="thread__room",
        said="thread__started_at", where={"thread__last_post_id__isnull": False},
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["network", "-thread"], name="entries_of_network"),
            models.Index(
                fields=["network", "kind", "-thread"],
                condition=Q(state__in=rules.STANDING),
                name="entries_standing",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=rules.STANDING, warned_at=None),
                name="entries_to_warn_of",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=rules.STANDING, outcome="", ended_at=None)
                | Q(state=rules.MET, outcome__in=["met_here", "met_elsewhere"])
                & Q(ended_at__isnull=False)
                | Q(state=rules.WITHDRAWN, outcome__in=["not_needed", "not_met"])
                & Q(ended_at__isnull=False),
                name="entry_ends_with_one_of_four",
            ),
            models.CheckConstraint(
                condition=Q(met_by=None) | Q(outcome="met_here"), name="entry_met_by_somebody_here"
            ),
        ]

    def told(self, outcome: str) -> str:
        """An outcome in words; of an offer it is said otherwise than of an ask."""
        said = TAKEN_UP if self.kind == Kind.OFFER else {}
        return str(said.get(outcome, Outcome(outcome).label))

    @property
    def came(self) -> str:
        """What came of it, "" while nothing did."""
        return self.told(self.outcome) if self.outcome else ""

    @property
    def tag_words(self) -> list[str]:
        """Its tags; read with it by `told`."""
        return [tag.word for tag in self.tags.all()]

    @property
    def stands(self) -> bool:
        """Whether it is neither ended nor run out."""
        return self.state in rules.STANDING and self.expires_at > clock.now()

    @property
    def ran_out(self) -> bool:
        return self.state in rules.STANDING and self.expires_at <= clock.now()


class EntryTag(models.Model):
    """One word or two that an ask or an offer can be found by."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="tags")
    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    word = models.CharField(_("Tag"), max_length=rules.LONGEST_TAG)

    personal = personal.about(
        "entry__by", download=("entry__thread__title", "word"), erase="delete",
        title=_("Tags of what you asked for and offered"),
    )  # fmt: skip
    portable = portable.rows(
        "entry", "word", title=_("Tags of asks and offers"), room="entry__thread__room",
        said="entry__thread__started_at", where={"entry__thread__last_post_id__isnull": False},
    )  # fmt: skip

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "word"], name="tagged_once"),
            models.CheckConstraint(condition=~Q(word=""), name="tag_says_something"),
        ]
        indexes = [models.Index(fields=["network", "word", "-entry"], name="entries_by_tag")]


class TopicQuerySet(models.QuerySet):
    def standing(self):
        """Those of people who are in the network now."""
        here = Membership.objects.filter(network=OuterRef("network"), person=OuterRef("person"))
        return self.filter(Exists(here.current()), person__is_active=True)


class Topic(models.Model):
    """Something that a member is glad to be asked about, in one network."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    word = models.CharField(_("Ask me about"), max_length=rules.LONGEST_TOPIC)

    objects = TopicQuerySet.as_manager()

    personal = personal.about(
        "person", download=("network__name", "word"), erase="delete",
        title=_("What people can ask you about"),
        merge=personal.Merging("mine"),
    )  # fmt: skip
    portable = portable.rows(
        "person", "person__name", "word", title=_("What people can be asked about"),
    )  # fmt: skip

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["network", "person", "word"], name="one_topic_each"),
            models.CheckConstraint(condition=~Q(word=""), name="topic_says_something"),
        ]
        indexes = [
            GinIndex("network", OpClass("word", "gin_trgm_ops"), name="topics_alike"),
        ]
