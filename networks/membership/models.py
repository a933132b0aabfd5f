from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from networks.network.models import Charter, Cohort, Network
from peernet.lib import clock, personal, portable
from peernet.lib.spells import NOT_TO_LOOK_UP, Spell, SpellQuerySet


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    FACILITATOR = "facilitator", _("Facilitator")
    COORDINATOR = "coordinator", _("Coordinator")


ROLES = [  # as a choice, with what each means
    (Role.MEMBER, _("Member: takes part")),
    (Role.FACILITATOR, _("Facilitator: leads sessions too")),
    (Role.COORDINATOR, _("Coordinator: looks after everything here")),
]


class Membership(models.Model):
    """A person's time in a network, in one role. A change of role ends a spell and begins one."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.MEMBER)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40, blank=True)  # a code: left, removed, role, derived
    came_by = models.CharField(max_length=40, blank=True, default="", db_default="")  # derived
    # From when on the person has been here without a break, where that is not `since`: a change of
    # role is no break, and whoever is put back later has one in the middle of a spell.
    here_since = models.DateTimeField(null=True, blank=True)
    steps_put_away = models.BooleanField(default=False)  # their first steps, on Home

    objects = SpellQuerySet.as_manager()

    personal = personal.about(
        "person", download=("network__name", "role", "since", "until"), erase="keep",
        why=_("The figures still say how many members there were. No name stands there."),
        title=_("When you were in which network, and in which role"),
        merge=personal.Merging(
            "joined", changed=("reason", "role"), began="here_since",
            rank=(("role", (Role.COORDINATOR, Role.FACILITATOR)), ("came_by", ("",))),
        ),
    )  # fmt: skip
    portable = portable.rows(
        "person", "person__name", "role", "since", "until", "reason", "came_by",
        title=_("Members, and when they were"),
    )  # fmt: skip

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="no_two_spells_at_once",
                condition=NOT_TO_LOOK_UP,
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


class CohortSpell(models.Model):
    """A person's time in a cohort of a network they are in. Nobody has to be in one, and somebody
    may be in two."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="spells")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="cohort_spells"
    )
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = SpellQuerySet.as_manager()

    personal = personal.about(
        "person", download=("cohort__network__name", "cohort__name", "since", "until"),
        erase="keep", title=_("Cohorts you were in"),
        why=_("The figures still say how many were in a cohort. No name stands there."),
        merge=personal.Merging("joined"),
    )  # fmt: skip
    portable = portable.rows(
        "cohort", "cohort__name", "person", "person__name", "since", "until",
        at="cohort__network", title=_("Who was in which cohort, and when"),
    )  # fmt: skip

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="no_two_cohort_spells_at_once",
                condition=NOT_TO_LOOK_UP,
                expressions=[
                    ("cohort", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    (Spell("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="cohort_spell_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "cohort"], name="cohort_spell_current", condition=Q(until=None)
            ),
        ]


class CharterAcceptance(models.Model):
    """Which version of the house rules somebody accepted, when, and in which spell of theirs. It
    holds while they stay: who comes back after having left is asked again."""

    charter = models.ForeignKey(Charter, models.CASCADE, related_name="acceptances")
    membership = models.ForeignKey(Membership, models.CASCADE, null=True, related_name="accepted")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    personal = personal.about(
        "person", download=("charter__network__name", "charter__version", "at"), erase="delete",
        title=_("Which house rules you accepted"),
        merge=personal.Merging("latest", by="at"),
    )  # fmt: skip
    portable = portable.left_out("Who accepted the house rules when: the pages tell how many.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charter", "person", "membership"],
                name="charter_accepted_once",
                nulls_distinct=False,
            )
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
        merge=personal.Merging("latest", by="since"),
    )  # fmt: skip
    portable = portable.rows(
        "person", "person__name", "since", "back_on", "ended_at",
        title=_("Breaks that people took"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person"],
                condition=Q(ended_at=None),
                name="one_pause_at_a_time",
            ),
        ]
