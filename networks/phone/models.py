"""Somebody to ring. A number is shown to one other person at a time, when both want that; of what
was agreed nothing is kept but how often, and not who."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from members.people.models import Person
from networks.membership.models import Membership
from networks.network.models import Network
from peernet.lib import clock, once, personal, portable

from .rules import LONGEST_NUMBER, SHOWN_FOR, WAITS_FOR


def _here(who: str) -> Exists:
    """That the person at the end of `who` is in the row's network now."""
    spells = Membership.objects.filter(network=OuterRef("network"), person=OuterRef(who))
    return Exists(spells.current())


class LineQuerySet(models.QuerySet):
    def standing(self):
        """Those of people who are in the network now."""
        return self.filter(_here("person"), person__is_active=True)


class PhoneLine(models.Model):
    """That a member is glad to be rung by others of one network, when, and about what."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    number = models.CharField(_("Phone number"), max_length=LONGEST_NUMBER)
    times = models.CharField(_("Good times"), max_length=120)
    topics = models.CharField(_("What about"), max_length=160, blank=True)
    since = models.DateTimeField(default=clock.now)

    objects = LineQuerySet.as_manager()

    personal = personal.about(
        "person", download=("network__name", "number", "times", "topics", "since"),
        erase="delete", title=_("When you can be rung"),
        merge=personal.Merging("latest", by="since"),
    )  # fmt: skip
    portable = portable.left_out("A number is for whom its owner agreed to talk to.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "person"], name="one_line_each"),
            models.CheckConstraint(condition=~Q(number=""), name="line_has_a_number"),
        ]


class CallQuerySet(models.QuerySet):
    def standing(self):
        """Those of two people who are both in the network, and not too old: what is older, or of
        somebody who left, is as good as gone, and the next tick deletes it."""
        now = clock.now()
        young = Q(agreed_at__gt=now - SHOWN_FOR) | Q(agreed_at=None, asked_at__gt=now - WAITS_FOR)
        return self.filter(
            young, _here("asker"), _here("asked"), asker__is_active=True, asked__is_active=True
        )

    def of(self, person: Person):
        return self.filter(Q(asker=person) | Q(asked=person))


class PhoneCall(models.Model):
    """Somebody would like to ring somebody. It is deleted when either says so, when it is old, and
    when either leaves; then no number of the other is left with anybody."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    number = models.CharField(_("Your phone number"), max_length=LONGEST_NUMBER)  # the asker's
    words = models.CharField(_("What would you like to talk about?"), max_length=200)
    asked_at = models.DateTimeField(default=clock.now)
    agreed_at = models.DateTimeField(null=True, blank=True)
    once = once.field()

    objects = CallQuerySet.as_manager()

    personal = personal.about(
        "asker", download=("network__name", "number", "words", "asked_at", "agreed_at"),
        did=("asked",), did_download=("network__name", "asked_at", "agreed_at"),
        erase="delete", title=_("Whom you asked for a phone call"),
        merge=personal.Merging("latest", by="asked_at", apart=("asker", "asked")),
    )  # fmt: skip
    portable = portable.left_out("Between two people.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "asker", "asked"], name="one_call_each"),
            models.CheckConstraint(condition=~Q(asker=F("asked")), name="nobody_rings_themselves"),
        ]


class PhoneCount(models.Model):
    """How often two people of a network agreed to talk. Not who, and not when."""

    network = models.OneToOneField(Network, models.CASCADE, primary_key=True, related_name="+")
    agreed = models.PositiveIntegerField(default=0)

    personal = personal.nothing("A number of calls: not whose, and not when.")
    portable = portable.left_out("A figure: it is on its page from five calls on.")
