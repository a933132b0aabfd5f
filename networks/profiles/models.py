"""What people tell about themselves: one row for each thing, with who may see it."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peernet.lib import personal
from peernet.lib.plain import Plain

from . import rules


class Detail(models.Model):
    """One thing about a person, and how far it is seen (rules.LEVELS). That of the email address
    has no words: they stand with the person."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="details")
    what = models.CharField(max_length=10, choices=[(f.code, f.label) for f in rules.FIELDS])
    words = models.CharField(_("What you tell"), max_length=400, blank=True)
    level = models.PositiveSmallIntegerField(choices=rules.LEVELS)

    personal = personal.about(
        "person", download=("what", "words", "level"), erase="delete",
        title=_("What you tell about yourself, and who sees it"),
        merge=personal.Merging("mine"),
    )  # fmt: skip

    class Meta:
        indexes = [GinIndex(OpClass(Plain("words"), "gin_trgm_ops"), name="details_by_words")]
        constraints = [
            models.UniqueConstraint(fields=["person", "what"], name="told_once"),
            models.CheckConstraint(
                condition=Q(level__gte=rules.ME, level__lte=rules.EVERYBODY),
                name="detail_has_a_level",
            ),
            models.CheckConstraint(
                condition=Q(what=rules.EMAIL, words="", level__gte=rules.COORDINATORS)
                | ~Q(what=rules.EMAIL) & ~Q(words=""),
                name="detail_says_something",
            ),
        ]
