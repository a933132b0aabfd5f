"""Asking to join, and what becomes of it."""

from networks.invitations.models import Invitation
from networks.joining.models import JoinRequest
from peernet.lib import clock
from tests import cast
from tests.pages import DONE, NOT, OK, Page, coordinators, here, nobody


def _asked(world):
    """Somebody who left asks to come back."""
    row, _new = JoinRequest.objects.get_or_create(
        network=world.place, person=world["former"], state="asked",
        defaults={"returns": True, "waits_since": clock.now()},
    )  # fmt: skip
    return (world.place.slug, row.pk)


def _more_asking(world, n):
    world.place.invitations.bulk_create(
        Invitation(
            network=world.place, email=f"n{i}-{n}@example.org", name="Nan", nomination="waits"
        )
        for i in range(n)
    )
    JoinRequest.objects.bulk_create(
        JoinRequest(
            network=world.place, person=cast.former_member(world.place, f"Gone {i}"),
            waits_since=clock.now(),
        )
        for i in range(n)
    )  # fmt: skip


def _nominated(world):
    """An organisation's lead named somebody; a row of this table may have answered."""
    row, _new = world.place.invitations.get_or_create(
        email="named@example.org", name="Nan Named", nomination="waits", withdrawn_at=None,
        defaults={"invited_by": world["member"]},
    )  # fmt: skip
    return (world.place.slug, row.pk)


ROWS = [
    # The world takes people in by invitation: whoever left may ask, whoever is in it is led there.
    Page(
        "ask", args=here, look_as="former",
        get=nobody(former=OK, member="302", facilitator="302", coordinator="302"),
        post=nobody(former=DONE, member="302", facilitator="302", coordinator="302"),
    ),
    Page("answer_invited", post=coordinators(DONE), args=_nominated,
         data=lambda _world: {"deed": "welcome"}),
    Page("requests", get=coordinators() | {"member": "403"}, args=here, grow=_more_asking),
    Page(
        "request", args=_asked, data=lambda _world: {"text": "Hello", "deed": "say"},
        get=nobody(former=OK, coordinator=OK, member=NOT),
        post=nobody(former=DONE, coordinator=DONE),
    ),
]  # fmt: skip
