from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from members.organisations.models import Organisation
from networks.network.models import Charter, Cohort, Network
from peernet.lib import clock, personal


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    FACILITATOR = "facilitator", _("Facilitator")
    COORDINATOR = "coordinator", _("Coordinator")


ROLES = [  # as a choice, with what each means
    (Role.MEMBER, _("Member: takes part")),
    (Role.FACILITATOR, _("Facilitator: leads sessions too")),
    (Role.COORDINATOR, _("Coordinator: looks after everything here")),
]


class Spell(Func):
    """From `since` until `until` as a range that PostgreSQL can compare."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Seat(models.Model):
    """An organisation's place in a network; people hold it for a time."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="seats")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="seats")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    personal = personal.nothing("An organisation's place in a network.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "organisation"],
                condition=Q(until=None),
                name="one_open_seat_per_organisation",
            ),
        ]


class MembershipQuerySet(models.QuerySet):
    def at(self, moment):
        """Spells that cover the moment: "who was a member on 1 May?"."""
        return self.filter(since__lte=moment).filter(Q(until=None) | Q(until__gt=moment))

    def current(self):
        return self.filter(until=None)


class Membership(models.Model):
    """A person's time in a network, in one role. A change of role ends a spell and begins one."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MEMBER)
    seat = models.ForeignKey(Seat, models.SET_NULL, null=True, related_name="holders")
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, related_name="memberships")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True)  # a code: left, removed, role, derived
    came_by = models.CharField(max_length=40, blank=True, default="", db_default="")  # derived
    steps_put_away = models.BooleanField(default=False)  # their first steps, on Home

    objects = MembershipQuerySet.as_manager()

    personal = personal.about(
        "person", download=("network__name", "role", "since", "until"), erase="keep",
        why=_("The figures still say how many members there were. No name stands there."),
        title=_("When you were in which network, and in which role"),
    )  # fmt: skip

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="no_two_spells_at_once",
                expressions=[
                    ("network", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    (Spell("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="membership_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "network"], name="membership_current", condition=Q(until=None)
            ),
        ]


class CharterAcceptance(models.Model):
    """Which version of the house rules somebody accepted, and when."""

    charter = models.ForeignKey(Charter, models.CASCADE, related_name="acceptances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    personal = personal.about(
        "person", download=("charter__network__name", "charter__version", "at"), erase="delete",
        title=_("Which house rules you accepted"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charter", "person"], name="charter_accepted_once")
        ]


class PauseQuerySet(models.QuerySet):
    def on(self, day):
        """Pauses that are going on that day (a date in the network's zone)."""
        return self.filter(ended_at=None).filter(Q(back_on=None) | Q(back_on__gt=day))


class Pause(models.Model):
    """A member takes a break: they stay in the network, and hear nothing from it meanwhile."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="pauses")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)
    back_on = models.DateField(_("Back on"), null=True, blank=True)  # none: until they say so
    words = models.CharField(_("A word to your coordinator"), max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PauseQuerySet.as_manager()

    personal = personal.about(
        "person", download=("network__name", "since", "back_on", "words", "ended_at"),
        erase="delete", title=_("Breaks you took from a network"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person"],
                condition=Q(ended_at=None),
                name="one_pause_at_a_time",
            ),
        ]


class ComebackState(models.TextChoices):
    ASKED = "asked", _("Asked")
    WELCOME = "welcome", _("Welcome back")
    DECLINED = "declined", _("Not now")


class Comeback(models.Model):
    """Somebody who left a network asks to come back; its coordinators answer."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="comebacks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    words = models.CharField(_("A word to the coordinator"), max_length=300, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(
        max_length=8, choices=ComebackState.choices, default=ComebackState.ASKED
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    personal = personal.about(
        "person", download=("network__name", "words", "asked_at", "state", "answered_at"),
        did=("answered_by",), did_download=("network__name", "answered_at", "state"),
        erase="delete", title=_("When you asked to come back to a network"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person"],
                condition=Q(state="asked"),
                name="one_open_comeback",
            ),
        ]
