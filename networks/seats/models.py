from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.organisations.models import Organisation
from networks.network.models import Network
from peernet.lib import clock, personal, portable
from peernet.lib.spells import NOT_TO_LOOK_UP, Spell, SpellQuerySet


class Seat(models.Model):
    """An organisation's place in a network; people hold it for a time, several at once."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="seats")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="seats")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    objects = SpellQuerySet.as_manager()

    personal = personal.nothing("An organisation's place in a network.")
    portable = portable.rows(
        "organisation", "organisation__name", "since", "until",
        title=_("Places of organisations"),
    )  # fmt: skip

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="one_seat_per_organisation_at_once",
                condition=NOT_TO_LOOK_UP,
                expressions=[
                    ("network", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (Spell("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="seat_ends_after_it_starts",
            ),
        ]


class Part(models.TextChoices):
    LEAD = "lead", _("Lead")
    DEPUTY = "deputy", _("Deputy")
    OBSERVER = "observer", _("Observer")


PARTS = [  # as a choice, with what each means
    (Part.LEAD, _("Lead: speaks for the organisation here")),
    (Part.DEPUTY, _("Deputy: takes part beside the lead")),
    (Part.OBSERVER, _("Observer: listens and learns")),
]


class Ending(models.TextChoices):
    """Why somebody holds a seat no longer. The first three are chosen by people."""

    MOVED = "moved", _("They moved on from the organisation")
    BACK = "back", _("They stepped back, and stay in the network")
    CHOICE = "choice", _("The organisation sends somebody else")
    HANDOVER = "handover", _("They handed over to somebody else")
    PART = "part", _("Their part changed")
    LEFT = "left", _("They left the network")
    REMOVED = "removed", _("A coordinator took them out of the network")


GIVEN = [Ending.MOVED, Ending.BACK, Ending.CHOICE]


class Holding(models.Model):
    """A person's time in an organisation's seat, with one part. Another part is another spell."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="holdings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="holdings")
    part = models.CharField(max_length=8, choices=Part.choices, default=Part.DEPUTY)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=8, choices=Ending.choices, blank=True)

    objects = SpellQuerySet.as_manager()

    personal = personal.about(
        "person",
        download=("seat__network__name", "seat__organisation__name", "part", "since", "until",
                  "reason"),
        erase="keep", why=_("The figures still say how many spoke for it. No name stands there."),
        title=_("When you held an organisation's place in a network, and with which part"),
        merge=personal.Merging(
            "joined", changed=("reason", Ending.PART), rank=(("part", (Part.LEAD, Part.DEPUTY)),)
        ),
    )  # fmt: skip
    portable = portable.rows(
        "seat", "seat__organisation__name", "person", "person__name", "part", "since", "until",
        "reason", at="seat__network", title=_("Who spoke for an organisation, and when"),
    )  # fmt: skip

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="no_two_parts_in_one_seat_at_once",
                condition=NOT_TO_LOOK_UP,
                expressions=[
                    ("seat", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    (Spell("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="holding_ends_after_it_starts",
            ),
        ]
