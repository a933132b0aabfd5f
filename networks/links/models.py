from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from networks.membership.models import Role
from networks.network.models import Network
from peernet.lib import clock, personal, portable

from . import rules

OPEN = Q(declined_at=None, ended_at=None)


class LinkKind(models.TextChoices):
    CHILD = "child", _("Part of it")  # `lower` is part of `upper`
    PEER = "peer", _("Side by side")


class LinkQuerySet(models.QuerySet):
    def of(self, network: Network) -> "LinkQuerySet":
        """Those that the network is an end of."""
        return self.filter(Q(upper=network) | Q(lower=network))

    def standing(self) -> "LinkQuerySet":
        """Those that both sides agreed to, and neither has ended."""
        return self.filter(agreed_at__isnull=False, ended_at=None)

    def waiting(self) -> "LinkQuerySet":
        """Proposals that nobody has answered or taken back."""
        return self.filter(OPEN, agreed_at=None)

    def with_names(self) -> "LinkQuerySet":
        return self.select_related("upper", "lower", "asker")


class Link(models.Model):
    """Two networks stand together since both agreed, until either ends it.

    One end may be empty in a proposal to an address where there is no network: its asker must not
    learn that there is none.
    """

    kind = models.CharField(max_length=5, choices=LinkKind.choices)
    upper = models.ForeignKey(Network, models.CASCADE, null=True, related_name="links_down")
    lower = models.ForeignKey(Network, models.CASCADE, null=True, related_name="links_up")
    asker = models.ForeignKey(Network, models.CASCADE, related_name="+")
    address = models.CharField(max_length=60, blank=True)  # as typed, of a network not known
    words = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=clock.now)
    agreed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    ended_of = models.ForeignKey(Network, models.CASCADE, null=True, related_name="+")
    ended_words = models.CharField(max_length=300, blank=True)

    objects = LinkQuerySet.as_manager()

    personal = personal.about(
        "asked_by", "answered_by", "ended_by", download=("asker__name", "kind", "asked_at"),
        erase="blank", blank=("words", "ended_words"),
        title=_("Links between networks that you proposed, answered or ended"),
    )  # fmt: skip
    portable = portable.rows(
        "kind", "upper__name", "lower__name", "agreed_at", "ended_at", at=("upper", "lower"),
        title=_("Links with other networks"), where={"agreed_at__isnull": False},
    )  # fmt: skip

    class Meta:
        constraints = [
            # That no network stands above itself, however far, is a trigger's to see
            # (migrations): networks_link_makes_no_circle.
            models.CheckConstraint(condition=~Q(upper=F("lower")), name="link_has_two_ends"),
            models.CheckConstraint(
                condition=Q(agreed_at=None) | Q(upper__isnull=False, lower__isnull=False),
                name="link_is_agreed_by_two",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at=None) | Q(declined_at=None), name="link_has_one_answer"
            ),
            models.UniqueConstraint(
                Least("upper", "lower"), Greatest("upper", "lower"), "kind",
                condition=OPEN & Q(upper__isnull=False, lower__isnull=False),
                name="one_open_link_per_pair",
            ),
            models.UniqueConstraint(
                fields=["asker", "address", "kind"], condition=OPEN & ~Q(address=""),
                name="one_open_proposal_per_address",
            ),
        ]  # fmt: skip

    @property
    def stands(self) -> bool:
        return self.agreed_at is not None and self.ended_at is None

    @property
    def waits(self) -> bool:
        return not (self.agreed_at or self.declined_at or self.ended_at)

    def other(self, network: Network) -> Network | None:
        """The end that is not this one; None where there is no such network."""
        return self.lower if self.upper_id == network.pk else self.upper

    def where(self, network: Network) -> str:
        """How the other end stands to this one: rules.ABOVE, BELOW or BESIDE."""
        if self.kind == LinkKind.PEER:
            return rules.BESIDE
        return rules.BELOW if self.upper_id == network.pk else rules.ABOVE

    def ends(self) -> list[Any]:
        return [one for one in (self.upper, self.lower) if one]


class Flow(models.Model):
    """One network lets the other end of a link see one thing of it, for as long as it likes."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="flows")
    giver = models.ForeignKey(Network, models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=rules.GIVES)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    personal = personal.nothing("Which figures and facts one network lets another see.")
    portable = portable.rows(
        "link", "what", "since", "until", at="giver", title=_("What linked networks see of it"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["link", "giver", "what"], condition=Q(until=None), name="one_open_flow"
            )
        ]


class MadeOf(models.Model):
    """A network's members are those who look after the networks that are part of it."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="made_of")
    role = models.CharField(
        max_length=12,
        choices=[
            (Role.COORDINATOR, _("Their coordinators")),
            (Role.FACILITATOR, _("Their coordinators and facilitators")),
        ],
    )
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    personal = personal.about(
        "by", download=("network__name", "since", "until"), erase="keep",
        why=_("Whom a network is made of is the network’s. Your name falls away."),
        title=_("Networks you made of the people who look after others"),
    )  # fmt: skip
    portable = portable.rows(
        "role", "since", "until", title=_("Of whom it is made"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["network"], condition=Q(until=None), name="made_of_one_role"
            )
        ]
