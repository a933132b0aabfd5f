import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from networks.network.models import Cohort, Network
from peernet.lib import clock, once, personal, portable

from . import rules


class SessionType(models.TextChoices):
    ACTION_LEARNING = "action_learning", _("Action learning set")
    MEETING = "meeting", _("Community meeting")
    SPEAKER = "speaker", _("Speaker")
    DROP_IN = "drop_in", _("Drop-in")


class SessionState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    TENTATIVE = "tentative", _("Not confirmed")  # past the end of the funding, nobody took it on
    HELD = "held", _("Held")
    MISSED = "missed", _("Did not happen")
    CANCELLED = "cancelled", _("Cancelled")


class CadenceQuerySet(models.QuerySet):
    def running(self):
        """Rhythms that go on, in networks that do."""
        return self.filter(ended_at=None, network__closed_at=None)


class Cadence(models.Model):
    """A rhythm: wall-clock time in a zone is the truth, UTC is derived from it."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="cadences")
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(_("What is it called?"), max_length=120)
    type = models.CharField(_("Kind of session"), max_length=20, choices=SessionType.choices)
    rule = models.CharField(max_length=200)  # the RRULE subset of features-sessions.md 3.1
    first_date = models.DateField(_("First date"))
    time = models.TimeField(_("Time"))
    zone = models.CharField(_("Time zone"), max_length=60)
    minutes = models.PositiveSmallIntegerField(_("How long, in minutes"), default=90)
    link = models.URLField(_("Link to join online"), max_length=500, blank=True)
    place = models.CharField(_("Place"), max_length=200, blank=True)
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # in calendars
    sequence = models.PositiveIntegerField(default=0)
    # The series' calendar entry ends here: what lies beyond the funding is sent one by one.
    covered_until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("Why?"), max_length=300, blank=True)  # of its end
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    planned_at = models.DateTimeField(default=clock.now)
    once = once.field()

    objects = CadenceQuerySet.as_manager()

    personal = personal.about(
        "facilitator", "planned_by", download=("title",), erase="keep",
        why=_("The rhythm is the network's. Your name falls away with the account."),
        title=_("Rhythms you planned or lead"),
    )  # fmt: skip
    portable = portable.rows(
        "title", "type", "rule", "first_date", "time", "zone", "minutes", "place", "link",
        "cohort__name", "facilitator__name", "planned_at", "ended_at", "reason",
        title=_("Series of sessions"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__range=(5, 1440)), name="cadence_lasts_minutes_to_a_day"
            )
        ]

    def get_absolute_url(self):
        return f"{self.network.get_absolute_url()}rhythms/{self.pk}/"

    @property
    def first(self):
        """The first local start, naive: what the rule counts from."""
        return datetime.combine(self.first_date, self.time)

    @property
    def in_words(self):
        """ "every three weeks on Tuesday at 10am, London time"."""
        return rules.sentence(rules.parse(self.rule), self.first, self.zone)


class SessionQuerySet(models.QuerySet):
    def ahead(self, now):
        """What is still to come, or is going on, in order; not cancelled."""
        found = self.exclude(state=SessionState.CANCELLED).filter(ends_at__gt=now)
        return found.order_by("starts_at", "pk")

    def behind(self, now):
        """What is over, newest first."""
        return self.filter(ends_at__lte=now).order_by("-starts_at", "-pk")

    def beyond(self, other):
        """What comes after another row, in the order of this list: its next page."""
        side = "lt" if self.query.order_by[0] == "-starts_at" else "gt"
        return self.filter(
            Q(**{f"starts_at__{side}": other.starts_at})
            | Q(**{"starts_at": other.starts_at, f"pk__{side}": other.pk})
        )

    def future(self, now):
        """What has not begun, in whatever state."""
        return self.filter(starts_at__gt=now).order_by("starts_at", "pk")

    def sure(self):
        """What will take place as far as anybody knows."""
        return self.filter(state=SessionState.PLANNED)

    def waiting_for_somebody(self, now):
        """Past the end of the funding, still to come, and nobody has taken them on."""
        return self.future(now).filter(state=SessionState.TENTATIVE)

    def within(self, cover):
        """Dates up to the last funded day (None: all), counted by the slot and the date both."""
        if cover is None:
            return self
        return self.filter(date__lte=cover, slot__lt=(cover + timedelta(days=1)).isoformat())

    def past(self, cover):
        """Dates after the last funded day; none when there is no such day."""
        return (
            self.none() if cover is None else self.exclude(pk__in=self.within(cover).values("pk"))
        )

    def of_series(self):
        """What belongs to the one calendar entry of its rhythm."""
        return self.filter(cadence__isnull=False, alone=False)

    def with_entry_of_their_own(self):
        return self.filter(Q(cadence=None) | Q(alone=True))


class Session(models.Model):
    """One meeting. Its slot (the rhythm's original local start) never changes, whatever moves."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="sessions")
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, blank=True, related_name="+")
    cadence = models.ForeignKey(Cadence, models.CASCADE, null=True, related_name="sessions")
    slot = models.CharField(max_length=16, blank=True)  # "2026-03-03T10:00", local; "" if single
    title = models.CharField(_("What is it called?"), max_length=120)
    type = models.CharField(_("Kind of session"), max_length=20, choices=SessionType.choices)
    date = models.DateField(_("Date"))
    time = models.TimeField(_("Time"))
    zone = models.CharField(_("Time zone"), max_length=60)
    minutes = models.PositiveSmallIntegerField(_("How long, in minutes"), default=90)
    starts_at = models.DateTimeField()  # derived from date, time and zone
    ends_at = models.DateTimeField()
    link = models.URLField(_("Link to join online"), max_length=500, blank=True)
    place = models.CharField(_("Place"), max_length=200, blank=True)
    agenda = models.TextField(_("What we will do"), max_length=4000, blank=True)
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=SessionState.choices, default=SessionState.PLANNED
    )
    reason = models.CharField(_("Why?"), max_length=300, blank=True)  # of a move or cancellation
    taken_on_by = models.ForeignKey(  # who runs it although the funding has ended
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    alone = models.BooleanField(
        default=False
    )  # has a calendar entry of its own, outside the series
    sequence = models.PositiveIntegerField(default=0)  # raised by each change people must know of
    # Since when this very date and time has been sure: no reminder due before that is owed.
    sure_since = models.DateTimeField(default=clock.now)
    # Which round of invitations is in force: a new one begins when a date is confirmed again.
    invitation = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(
        null=True, blank=True
    )  # when it became held, missed, cancelled
    once = once.field()

    objects = SessionQuerySet.as_manager()

    personal = personal.about(
        "facilitator", "taken_on_by", download=("title", "starts_at"), erase="keep",
        why=_("The session is the network's. Your name falls away with the account."),
        title=_("Sessions you lead or took on"),
    )  # fmt: skip
    portable = portable.rows(
        "cadence", "cohort__name", "title", "type", "starts_at", "ends_at", "zone", "place",
        "link", "agenda", "facilitator__name", "state", "reason", title=_("Sessions"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cadence", "slot"], condition=~Q(slot=""), name="one_session_per_slot"
            ),
            models.CheckConstraint(
                condition=Q(cadence=None, slot="") | (Q(cadence__isnull=False) & ~Q(slot="")),
                name="session_of_a_cadence_has_a_slot",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_lasts"),
        ]
        indexes = [models.Index(fields=["network", "starts_at"], name="sessions_by_start")]

    def get_absolute_url(self):
        return f"{self.network.get_absolute_url()}sessions/{self.pk}/"

    @property
    def changed(self):
        """Whether somebody gave this date of a rhythm something of its own."""
        return self.sequence > 0

    @property
    def in_series(self):
        return self.cadence_id is not None and not self.alone
