import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from networks.funding.models import Programme
from networks.network.models import Network
from peernet.lib import personal, portable


class Rollup(models.Model):
    """What was counted for one page of figures: a programme's, or a network's own.

    Exact, and of many people at once: it leaves through peernet.lib.suppression, like what is
    counted while somebody waits.
    """

    programme = models.OneToOneField(Programme, models.CASCADE, null=True, related_name="+")
    network = models.OneToOneField(Network, models.CASCADE, null=True, related_name="+")
    networks = ArrayField(models.BigIntegerField(), default=list)  # that were counted
    at = models.DateTimeField(null=True)  # as things stood then; none: not counted yet
    took = models.FloatField(default=0)  # seconds
    edition = models.UUIDField(default=uuid.uuid4)  # another one whenever it is counted
    basis = models.JSONField(default=dict)  # queries.Basis
    figures = models.JSONField(default=dict)  # rows of queries, as rules.kept has them

    personal = personal.nothing("Numbers of people, and names of regions.")
    portable = portable.left_out("Figures leave by their own pages.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(programme=None) ^ Q(network=None), name="rollup_is_of_one_page"
            ),
        ]
