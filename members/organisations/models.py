from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from peernet.lib import clock, personal, portable
from peernet.lib.spells import NOT_TO_LOOK_UP, Spell, SpellQuerySet


class BodyKind(models.TextChoices):
    COMMUNITY = "community", _("Community business or social enterprise")
    CHARITY = "charity", _("Charity or voluntary group")
    PUBLIC = "public", _("Public body")
    BUSINESS = "business", _("Other business")
    UMBRELLA = "umbrella", _("Network or umbrella body")
    OTHER = "other", _("Something else")


class Size(models.TextChoices):
    """By how many people it pays: the bands of Recommendation 2003/361/EC, which the Office for
    National Statistics uses too, with those that pay nobody apart."""

    NOBODY = "0", _("Nobody is paid")
    MICRO = "1-9", _("1 to 9 people are paid")
    SMALL = "10-49", _("10 to 49 people are paid")
    MEDIUM = "50-249", _("50 to 249 people are paid")
    LARGE = "250+", _("250 people or more are paid")


class Organisation(models.Model):
    """A community business, charity or public body that people belong to."""

    name = models.CharField(_("Name"), max_length=160)
    region = models.CharField(_("Region"), max_length=80, blank=True)
    kind = models.CharField(
        _("What it is"), max_length=9, choices=BodyKind.choices, blank=True, default="",
        db_default="",
    )  # fmt: skip
    size = models.CharField(
        _("How large it is"), max_length=6, choices=Size.choices, blank=True, default="",
        db_default="",
    )  # fmt: skip
    added_at = models.DateTimeField(default=clock.now)
    demo = models.BooleanField(default=False)

    personal = personal.nothing("An organisation's public name, region, kind and size.")
    portable = portable.rows(
        "name", "region", "kind", "size", at="seats__network", title=_("Organisations"),
    )  # fmt: skip

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="one_organisation_per_name"),
            models.CheckConstraint(condition=~Q(name=""), name="organisation_has_a_name"),
        ]
        indexes = [GinIndex(OpClass(Lower("name"), "gin_trgm_ops"), name="organisations_alike")]


class KnownAs(models.Model):
    """Another name of an organisation, under which it was here before two became one."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="known_as")
    name = models.CharField(_("Name"), max_length=160)

    personal = personal.nothing("An organisation's public name.")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="known_as_one_organisation")]


class Different(models.Model):
    """Two organisations whose names are alike and that somebody said to be two."""

    one = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    other = models.ForeignKey(Organisation, models.CASCADE, related_name="+")

    personal = personal.nothing("Two organisations.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="different_said_once"),
            models.CheckConstraint(
                condition=Q(one__lt=F("other")), name="different_names_the_older_first"
            ),
        ]


class Affiliation(models.Model):
    """A person's time with an organisation: from, until (open while it lasts)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="affiliations"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="affiliations")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = SpellQuerySet.as_manager()

    personal = personal.about(
        "person",
        download=("organisation__name", "since", "until"),
        erase="delete",
        title=_("Where you work"),
        merge=personal.Merging("joined"),
    )

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_affiliation_per_organisation_at_once",
                condition=NOT_TO_LOOK_UP,
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (Spell("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="affiliation_ends_after_it_starts",
            ),
        ]
