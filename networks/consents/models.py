"""What somebody agreed to in a network, and the texts that they agreed to."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from networks.membership.models import Membership
from networks.network.models import Network
from peernet.lib import clock, personal, portable

from . import rules


class Door(models.TextChoices):
    """Where somebody said it."""

    PAGE = "page", _("on “What you agreed to”")
    SESSION = "session", _("on a session’s page")
    DETAILS = "details", _("under “What others see of you”")
    BEFORE = "before", _("before this was written down; taken over from what you had chosen")


class Ended(models.TextChoices):
    """Why an answer counts no more."""

    CHANGED = "changed", _("You changed your mind")
    NEW_TEXT = "new text", _("The text changed")


class ConsentText(models.Model):
    """A network's own words for one purpose. With none, our own hold: version 1, in rules."""

    network = models.ForeignKey(
        Network, models.CASCADE, related_name="consent_texts", db_index=False
    )
    purpose = models.CharField(max_length=10, choices=rules.CODES)
    version = models.PositiveIntegerField()
    text = models.TextField(_("What people agree to"), max_length=1000)
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    personal = personal.about(
        "published_by", download=("network__name", "purpose", "version", "published_at"),
        erase="keep", why=_("What people were asked is the network’s, not the writer’s."),
        title=_("Texts to agree to that you published"),
    )  # fmt: skip
    portable = portable.rows(
        "purpose", "version", "text", "published_at", "published_by__name",
        title=_("What people are asked to agree to, each version"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "purpose", "version"], name="one_consent_text_per_version"
            ),
            models.CheckConstraint(
                condition=Q(version__gt=rules.OURS) & ~Q(text=""), name="consent_text_is_their_own"
            ),
        ]


class ConsentQuerySet(models.QuerySet):
    def in_force(self):
        """Each yes that counts now: to the text of today, by somebody who is in the network and
        has been without a break since they said it."""
        stay = Membership.objects.filter(
            network=OuterRef("network"), person=OuterRef("person"), person__is_active=True
        ).current()
        began = stay.annotate(began=Coalesce("here_since", "since")).order_by()
        return self.filter(Exists(began.filter(began__lte=OuterRef("at"))), until=None, yes=True)


class Consent(models.Model):
    """What somebody answered, to which version of a text, when and where. One answer at a time
    counts; a new version ends each yes to the one before (actions.publish)."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    purpose = models.CharField(_("What for"), max_length=10, choices=rules.CODES)
    version = models.PositiveIntegerField(_("Version of the text"), default=rules.OURS)
    yes = models.BooleanField(_("You agreed"))
    at = models.DateTimeField(_("When"), default=clock.now)
    door = models.CharField(_("Where"), max_length=8, choices=Door.choices, default=Door.PAGE)
    until = models.DateTimeField(_("Until"), null=True, blank=True)
    ended = models.CharField(_("Why no longer"), max_length=8, choices=Ended.choices, blank=True)

    objects = ConsentQuerySet.as_manager()

    personal = personal.about(
        "person",
        download=("network__name", "purpose", "version", "yes", "at", "door", "until", "ended"),
        erase="delete", title=_("What you agreed to, and what you took back"),
        merge=personal.Merging("latest", by="at"),
    )  # fmt: skip
    portable = portable.left_out("Who agreed to what is between each person and the network.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network", "person", "purpose"], condition=Q(until=None),
                name="one_answer_counts",
            ),
            models.CheckConstraint(
                condition=Q(until=None, ended="") | Q(until__gte=F("at")) & ~Q(ended=""),
                name="consent_ends_for_a_reason",
            ),
        ]  # fmt: skip
