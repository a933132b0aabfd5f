from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.people.models import default_zone
from peernet.lib import clock, once, personal, portable

from .rules import COLOURS


class Entry(models.TextChoices):
    """How people come into a network."""

    INVITED = "invited", _("By invitation only")
    QUESTION = "question", _("They answer a question, and a coordinator says yes")
    OPEN = "open", _("Whoever accepts the house rules can join")


class Network(models.Model):
    """A peer network or community of practice: the place a group of people shares."""

    name = models.CharField(_("Name of the network"), max_length=120)
    slug = models.SlugField(max_length=60, unique=True)  # in its addresses: /n/libraries/
    purpose = models.TextField(_("What it is for"), max_length=2000)
    zone = models.CharField(_("Time zone"), max_length=60, default=default_zone)
    accent = models.PositiveSmallIntegerField(_("Colour"), choices=COLOURS, default=1)
    leads_invite = models.BooleanField(
        _("Leads of organisations invite their own people; else a coordinator says yes first"),
        default=False,
    )
    entry = models.CharField(
        _("How people come in"), max_length=8, choices=Entry.choices, default=Entry.INVITED
    )
    question = models.CharField(
        _("The question you ask them"), max_length=300, blank=True, default=""
    )
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    once = once.field()
    demo = models.BooleanField(default=False)

    personal = personal.nothing("A group's name and purpose.")
    portable = portable.rows(
        "name", "slug", "purpose", "zone", "accent", "leads_invite", "opened_at", "closed_at",
        at="pk", title=_("The network and its settings"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accent__range=(1, 8)), name="network_accent_is_known"
            ),
            models.CheckConstraint(
                condition=Q(entry__in=["invited", "open"])
                | (Q(entry="question") & ~Q(question="")),
                name="network_asks_its_question",
            ),
        ]

    def get_absolute_url(self):
        return f"/n/{self.slug}/"


class Charter(models.Model):
    """House rules of a network, or what a room adds to them: each text is a version, and the newest
    is in force. A room's with no text: it adds nothing any more."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="charters", db_index=False)
    room = models.ForeignKey(
        "networks.Room", models.CASCADE, null=True, blank=True, related_name="texts"
    )
    version = models.PositiveIntegerField()
    text = models.TextField(_("House rules"), max_length=8000, blank=True)  # Markdown
    note = models.CharField(_("What is new?"), max_length=300, blank=True)
    # Whether everybody is asked to accept it; not for a small correction.
    asks = models.BooleanField(default=True, db_default=True)
    review_on = models.DateField(_("When will you look at them again?"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)  # who had not accepted it; once
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    personal = personal.about(
        "published_by",
        download=("published_at",),
        erase="keep",
        why=_("House rules are the network's, not the writer's."),
        title=_("House rules you published"),
    )
    portable = portable.rows(
        "version", "text", "note", "asks", "published_at", "published_by__name",
        where={"room": None}, title=_("House rules, each version"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "room", "version"],
                name="one_charter_per_version",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(text="") | Q(room__isnull=False), name="house_rules_say_something"
            ),
            models.CheckConstraint(
                condition=Q(asks=True) | Q(version__gt=1), name="first_charter_asks"
            ),
        ]


class Cohort(models.Model):
    """People who joined a network together, with a start of their own."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="cohorts")
    name = models.CharField(_("Name"), max_length=80)
    starts_on = models.DateField(_("First day"))
    ends_on = models.DateField(_("Last day"), null=True, blank=True)
    # From when on words are its people's, by the rule "from their cohort's start": its first day,
    # and never before it was opened here. A day further back would open what others had said.
    starts_at = models.DateTimeField(default=clock.now)
    welcome = models.TextField(_("Words of welcome"), max_length=2000, blank=True)
    # Nothing new is begun for it since then. Its people stay in it, and its room is theirs.
    closed_at = models.DateTimeField(null=True, blank=True)

    personal = personal.nothing("A group's name, dates and words of welcome.")
    portable = portable.rows(
        "name", "starts_on", "ends_on", "welcome", "closed_at", title=_("Cohorts"),
    )  # fmt: skip

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["network", "name"], name="one_cohort_per_name"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_it_starts",
            ),
        ]


class Closing(models.Model):
    """A network was closed, by whom and why; `undone_at` when it was opened again.

    `Network.closed_at` says how it stands now; these rows say what happened.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="closings")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    words = models.CharField(_("A few words to everybody"), max_length=300, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    personal = personal.about(
        "by", download=("network__name", "at", "words"), erase="keep",
        why=_("Why a network closed is the network’s. Your name falls away with the account."),
        title=_("Networks you closed"),
    )  # fmt: skip
    portable = portable.rows(
        "at", "by__name", "words", "undone_at", title=_("When it was closed and opened again"),
    )  # fmt: skip
