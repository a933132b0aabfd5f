"""Networks that stand together."""

from networks.links.models import Flow, Link
from networks.links.rules import GIVES
from networks.network.models import Network
from peernet.lib import clock
from tests.pages import DONE, Page, coordinators, here, members


def stand(upper, lower, *, kind="child", gives=tuple(code for code, _words in GIVES), **fields):
    """A link that both agreed to; each gives the other all of `gives`."""
    link = Link.objects.create(
        kind=kind, upper=upper, lower=lower, asker=upper, **{"agreed_at": clock.now(), **fields}
    )
    flows = [Flow(link=link, giver=one, what=what) for one in (upper, lower) for what in gives]
    Flow.objects.bulk_create(flows)
    return link


def neighbour(place, what):
    """A network that only links know, of this one alone."""
    found, _new = Network.objects.get_or_create(
        slug=f"{what}-of-{place.slug}", defaults={"name": f"A {what} network", "purpose": "Tea"}
    )
    return found


def _standing(world):
    place = world.place
    link = Link.objects.of(place).standing().filter(kind="child").first()
    return (place.slug, (link or stand(place, neighbour(place, "part"))).pk)


def _asked(world):
    place = world.place
    link = Link.objects.of(place).waiting().exclude(asker=place).first()
    other = None if link else neighbour(place, "new")
    made = link or Link.objects.create(kind="peer", upper=other, lower=place, asker=other)
    return (place.slug, made.pk)


def _more_parts(world, n):
    made = Network.objects.bulk_create(
        Network(name=f"Part {n} {i:04}", slug=f"part-{n}-{i}", purpose="a") for i in range(n)
    )
    now = clock.now()
    links = Link.objects.bulk_create(
        Link(kind="child", upper=world.place, lower=one, asker=one, agreed_at=now) for one in made
    )
    Flow.objects.bulk_create(
        Flow(link=link, giver=link.lower, what=what) for link in links for what, _words in GIVES
    )


ROWS = [
    Page("links", get=members(), args=here, look_as="coordinator", grow=_more_parts),
    Page("link_new", get=coordinators(), post=coordinators(DONE), args=here),
    Page("link", get=members(), args=_standing),
    Page("link_answer", get=coordinators(), post=coordinators(DONE), args=_asked),
    Page("link_gives", get=coordinators(), post=coordinators(DONE), args=_standing),
    Page("link_end", get=coordinators(), post=coordinators(DONE), args=_standing),
    Page("made_of", get=coordinators(), post=coordinators(DONE), args=here),
    Page("our_networks", get=members(), args=here, look_as="member", grow=_more_parts),
    Page("our_networks_csv", get=members(), args=here, look_as=None, why="a file"),
]
