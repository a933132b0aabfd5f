"""A seat that goes from one person to another: who, when, and what comes along."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from members.people.models import Person
from networks.invitations.models import Invitation
from networks.membership.models import Membership, Role
from networks.network.models import Network
from networks.seats.models import Part, Seat
from peernet.lib import clock, once, personal, portable


class Stays(models.TextChoices):
    """What becomes of the leaver when the overlap ends."""

    STAY = "stay", _("Stays in the network, without the organisation")
    LEAVE = "leave", _("Leaves the network. Account and friends stay, and a way back")


class Outcome(models.TextChoices):
    DONE = "done", _("Handed over")
    OFF = "off", _("Called off")


class HandoverQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(ended_at=None)

    def visible_to(self, person: Person):
        """To the two of them, and to who looks after the network; while they are in it."""
        mine = Membership.objects.filter(network=OuterRef("network"), person=person).current()
        runs = Exists(mine.filter(role=Role.COORDINATOR))
        return self.filter(Q(leaver=person) | Q(successor=person) | runs, Exists(mine))

    def told(self):
        return self.select_related("network", "seat__organisation", "leaver", "successor",
                                   "invitation")  # fmt: skip


class Handover(models.Model):
    """Somebody hands their part in an organisation's seat to somebody else. Until it ends nothing
    is taken from the leaver."""

    network = models.ForeignKey(Network, models.CASCADE, related_name="+", db_index=False)
    seat = models.ForeignKey(Seat, models.CASCADE, related_name="handovers")
    leaver = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    successor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    invitation = models.ForeignKey(Invitation, models.SET_NULL, null=True, related_name="+")
    part = models.CharField(max_length=8, choices=Part.choices)
    starts_on = models.DateField(_("First day of your time together"))
    ends_on = models.DateField(_("Last day"))
    stays = models.CharField(max_length=5, choices=Stays.choices, default=Stays.STAY)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    begun_at = models.DateTimeField(default=clock.now)
    agreed_at = models.DateTimeField(null=True, blank=True)  # the successor said yes
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=4, choices=Outcome.choices, blank=True)
    once = once.field()

    objects = HandoverQuerySet.as_manager()

    personal = personal.about(
        "leaver", "successor",
        download=("network__name", "seat__organisation__name", "part", "starts_on", "ends_on",
                  "agreed_at", "ended_at", "outcome"),
        did=("begun_by",), did_download=("network__name", "begun_at"),
        erase="keep", why=_("The organisation’s place is its own. No name stands there."),
        title=_("Places of organisations that you handed over or took over"),
        merge=personal.Merging("earliest", by="begun_at", apart=("leaver", "successor")),
    )  # fmt: skip
    portable = portable.rows(
        "seat", "seat__organisation__name", "leaver__name", "successor__name", "part", "starts_on",
        "ends_on", "ended_at", "outcome", title=_("Places that were handed over"),
    )  # fmt: skip

    class Meta:
        indexes = [models.Index(fields=["network", "ended_at"], name="handovers_of_network")]
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "leaver"], condition=Q(ended_at=None), name="one_handover_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="handover_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | ~Q(successor=F("leaver")),
                name="nobody_follows_themselves",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="")
                | Q(ended_at__isnull=False, outcome__in=["done", "off"]),
                name="handover_ends_in_one_of_two_ways",
            ),
        ]


class Kind(models.TextChoices):
    """What can come along. The first two change hands, the others are ways to what is there."""

    ACTION = "action", _("Agreed in sessions, and still open")
    ENTRY = "entry", _("Open asks and offers")
    THREAD = "thread", _("Threads to follow")
    FILE = "file", _("Files that were shared")
    PERSON = "person", _("People worth meeting")


class HandoverItem(models.Model):
    """One thing that the leaver chose to hand on. Only its number stands here: whoever reads it
    meets its words where it is, if they may."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    about_id = models.BigIntegerField()
    handed_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)  # the successor has worked through it

    personal = personal.about(
        "handover__leaver", download=("kind", "handed_at"),
        erase="keep", why=_("Whoever followed you still needs the list. It holds no words."),
        title=_("What you chose to hand on"),
    )  # fmt: skip
    portable = portable.left_out("What one person handed on is for whoever followed them.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "kind", "about_id"], name="handed_over_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "about_id"], name="handed_on_by_thing",
                condition=Q(handed_at__isnull=False),
            )
        ]  # fmt: skip
