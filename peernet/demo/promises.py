"""House rules of the demo: three versions, the newest of which some have yet to accept; and what
the room for rants and wins adds to them."""

from datetime import timedelta

from members.people.models import Person
from networks.discussions.models import Room
from networks.membership.models import CharterAcceptance, Membership
from networks.network.models import Charter, Network
from peernet.lib import clock

from . import story


def write() -> None:
    """Told last: who has yet to accept the newest rules could not have written before."""
    place = Network.objects.get(slug="care", demo=True)
    dan = Person.objects.get(name=story.COORDINATOR, demo=True)
    now = clock.now()
    corrected = story.CARE_CHARTER.replace("Everybody's time", "Everybody’s time")
    newest = corrected + story.CARE_CHARTER_NEW
    review = (now + timedelta(days=180)).date()
    said = {"network": place, "published_by": dan}
    Charter.objects.create(
        **said, version=2, text=corrected, asks=False, note="A mark put right",
        published_at=now - timedelta(days=200),
    )  # fmt: skip
    third = Charter.objects.create(
        **said, version=3, text=newest, note="What we do about photographs", review_on=review,
        published_at=now - timedelta(days=6),
    )  # fmt: skip
    room = Room.objects.get(network=place, name=story.RANTS)
    extra = Charter.objects.create(
        **said, room=room, version=1, text=story.RANTS_CHARTER,
        published_at=now - timedelta(days=150),
    )  # fmt: skip
    late = {story.FACILITATOR, *story.QUIET}
    for spell in Membership.objects.filter(network=place).current().select_related("person"):
        texts = [extra] if spell.person.name in late else [third, extra]
        for text in texts:
            at = max(spell.since, text.published_at + timedelta(hours=5))
            CharterAcceptance.objects.create(
                charter=text, person=spell.person, membership=spell, at=at
            )
