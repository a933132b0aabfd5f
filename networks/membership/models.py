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
    reason = models.CharField(max_length=40, blank=True)  # a code: left, removed, role

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
