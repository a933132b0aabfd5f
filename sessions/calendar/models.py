from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from networks.membership.models import Membership
from networks.network.models import Network
from peernet.lib import clock, personal, portable
from sessions.cadence.models import Cadence, Session


class CalendarFeedQuerySet(models.QuerySet):
    def alive(self):
        """Of accounts in use; of a network only while they have been in it without a break since
        the address was made. A change of role is no break. That of a closed network stays:
        else its cancelled sessions would stand in people's calendars for ever."""
        theirs = Membership.objects.filter(person=OuterRef("person"), network=OuterRef("network"))
        broken = theirs.filter(until__gte=OuterRef("made_at")).exclude(reason="role")
        in_it = Q(Exists(theirs.current())) & ~Q(Exists(broken))
        return self.filter(Q(network=None) | in_it, person__is_active=True)


class CalendarFeed(models.Model):
    """A private address from which somebody's calendar program fetches their sessions.

    Of all their networks, or of one: then it dies with their membership of it. The address is a
    secret that we do not keep, only its digest.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds"
    )
    network = models.ForeignKey(Network, models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)
    fetched_at = models.DateTimeField(null=True)  # to within a quarter of an hour

    objects = CalendarFeedQuerySet.as_manager()

    personal = personal.about(
        "person",
        download=("network__name", "made_at", "fetched_at"),
        erase="delete",
        title=_("Addresses of your calendar feeds"),
        merge=personal.Merging("mine"),
    )
    portable = portable.left_out("Somebody's own calendar.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "network"],
                nulls_distinct=False,
                name="one_calendar_feed_of_each_network_and_of_all",
            )
        ]


class KeptEvent(models.Model):
    """The iCalendar text of a session or of a whole rhythm, as feeds have it, made when it changed.

    `look` is a digest of all it was made from (queries): a text with another look than its row has
    now is not shown, but made anew, and kept anew by a tick.
    """

    session = models.OneToOneField(Session, models.CASCADE, null=True, related_name="kept_event")
    cadence = models.OneToOneField(Cadence, models.CASCADE, null=True, related_name="kept_event")
    text = models.TextField()
    look = models.CharField(max_length=32)

    personal = personal.nothing("When and where a group meets; nobody is named in it.")
    portable = portable.left_out("Made from the sessions.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(session=None) ^ Q(cadence=None), name="kept_event_is_of_one_thing"
            )
        ]
