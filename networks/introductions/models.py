"""Two people who may like to know each other, and somebody who says so. Each answers alone: what
one said is shown to nobody else until both said yes."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from members.people.models import Person
from networks.membership.models import Membership
from networks.network.models import Network
from peernet.lib import clock, once, personal, portable

from .rules import LONGEST_WHY, SHOWN_FOR, WAITS_FOR


def _here(who: str) -> Exists:
    """That the person at the end of `who` is in the row's network now."""
    spells = Membership.objects.filter(network=OuterRef("network"), person=OuterRef(who))
    return Exists(spells.current())


class IntroductionQuerySet(models.QuerySet):
    def standing(self):
        """Those of three people who are all here, and not too old: any other is as good as gone,
        and the next tick deletes it."""
        now = clock.now()
        young = Q(met_at__gt=now - SHOWN_FOR) | Q(met_at=None, made_at__gt=now - WAITS_FOR)
        active = {f"{who}__is_active": True for who in ("by", "one", "other")}
        return self.filter(young, _here("by"), _here("one"), _here("other"), **active)

    def between(self, person: Person):
        """Those in which the person is one of the two."""
        return self.filter(Q(one=person) | Q(other=person))


class Introduction(models.Model):
    """`by` thinks that `one` and `other` should know each other. An answer is None until given."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    one = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    why = models.CharField(_("Why they should know each other"), max_length=LONGEST_WHY)
    made_at = models.DateTimeField(default=clock.now)
    one_agrees = models.BooleanField(null=True)
    other_agrees = models.BooleanField(null=True)
    met_at = models.DateTimeField(null=True, blank=True)  # both said yes
    once = once.field()

    objects = IntroductionQuerySet.as_manager()

    personal = personal.about(
        "one", "other", "by", download=("network__name", "why", "made_at", "met_at"),
        erase="delete", title=_("Introductions"),
        merge=personal.Merging("latest", by="made_at", apart=("by", "one", "other")),
    )  # fmt: skip
    portable = portable.left_out("Between three people.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "by", "one", "other"], name="introduced_once_by_each"
            ),
            models.CheckConstraint(
                condition=~Q(one=F("other")) & ~Q(by=F("one")) & ~Q(by=F("other")),
                name="introduction_of_two_others",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="introduction_says_why"),
            models.CheckConstraint(
                condition=Q(met_at=None)
                | Q(one_agrees__isnull=False, other_agrees__isnull=False)  # else NULL passes
                & Q(one_agrees=True, other_agrees=True),
                name="introduced_when_both_agree",
            ),
        ]

    def answer_of(self, person_id: int) -> bool | None:
        """What one of the two said; None: nothing yet."""
        return self.one_agrees if person_id == self.one_id else self.other_agrees

    def beside(self, person_id: int) -> Person:
        """The other of the two."""
        return self.other if person_id == self.one_id else self.one
