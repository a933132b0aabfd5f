"""The one door: every right in the house is answered here, from dated rows.

`person.has_perm("networks.<ability>", thing)` asks it; `network_page("<ability>")` stands before
every view of a network. Rights are read once per request, in one query.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import wraps

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse

from members.people.models import Person
from networks.funding.models import Programme
from networks.network.models import Network
from networks.seats.models import Holding, Part, Seat
from peernet.lib.pages import signed_in

from .models import Role

# What each role in a network may do; a role may do what the one before it may.
ABILITIES = {
    Role.MEMBER: {"view", "take_part"},
    Role.FACILITATOR: {"view", "take_part", "facilitate"},
    Role.COORDINATOR: {"view", "take_part", "facilitate", "coordinate", "see_figures"},
}
# In a network that was closed: everybody still reads it, and whoever looked after it may open it.
CLOSED_ABILITIES = {
    Role.MEMBER: {"view"},
    Role.FACILITATOR: {"view"},
    Role.COORDINATOR: {"view", "reopen"},
}
SAFE = ("GET", "HEAD")
FUNDER_ABILITIES = {"view_programme", "see_figures", "fund"}


@dataclass(frozen=True)
class Rights:
    """What somebody's current rows allow: role by network id, the same of networks that were
    closed, and the funders they sit for. `networks`: those of both, by name."""

    roles: dict[int, str] = field(default_factory=dict)
    closed: dict[int, str] = field(default_factory=dict)
    funders: frozenset[int] = frozenset()
    networks: tuple[Network, ...] = ()


# Every page of somebody signed in asks this. In one statement, and as SQL: to have it worked out
# from models would cost more than to have it answered.
COLUMNS = [one.attname for one in Network._meta.concrete_fields]


def rights_of(person: str) -> str:
    """The statement of somebody's rights; `person` is SQL that names them."""
    return f"""
SELECT spell.role, {", ".join(f"network.{name}" for name in COLUMNS)}
FROM networks_membership spell JOIN networks_network network ON network.id = spell.network_id
WHERE spell.person_id = {person} AND spell.until IS NULL
UNION ALL
SELECT 'funder', seat.funder_id{", NULL" * (len(COLUMNS) - 1)}
FROM networks_funderseat seat WHERE seat.person_id = {person} AND seat.until IS NULL
ORDER BY name, id"""  # noqa: S608 -- our own columns


RIGHTS = rights_of("%(person)s")


def rights(person: Person) -> Rights:
    """The person's rights now, read once and kept on the object for this request."""
    if not hasattr(person, "_rights"):
        with connection.cursor() as cursor:
            cursor.execute(RIGHTS, {"person": person.pk})
            keep_rights(person, cursor.fetchall())
    return person._rights


def keep_rights(person: Person, found: list[tuple]) -> None:
    """Keep on the object what the statement of the person's rights (`rights_of`) found."""
    mine = [(row[0], _network(row[1:])) for row in found if row[0] != "funder"]
    person._rights = Rights(
        roles={one.pk: role for role, one in mine if not one.closed_at},
        closed={one.pk: role for role, one in mine if one.closed_at},
        funders=frozenset(row[1] for row in found if row[0] == "funder"),
        networks=tuple(one for _role, one in mine),
    )


def _network(values: tuple) -> Network:
    return Network.from_db(connection.alias, COLUMNS, values)


def forget_rights(person: Person) -> None:
    """After a deed that changes the person's own rights: read them again."""
    person.__dict__.pop("_rights", None)


class Door(BaseBackend):
    """Django's backend for `has_perm`; it signs nobody in."""

    def has_perm(self, user_obj: Person, perm: str, obj: object = None) -> bool:
        wing, _dot, ability = perm.partition(".")
        if wing != "networks" or not user_obj.is_active or user_obj.is_anonymous:
            return False
        if isinstance(obj, Network):
            mine = rights(user_obj)
            if role := mine.closed.get(obj.pk):
                return ability in CLOSED_ABILITIES[role]
            role = mine.roles.get(obj.pk)
            return role is not None and ability in ABILITIES[role]
        if isinstance(obj, Seat):
            return self._of_seat(user_obj, ability, obj)
        if isinstance(obj, Holding):
            return ability == "hand_over" and self._may_hand_over(user_obj, obj)
        if isinstance(obj, Programme):
            return ability in FUNDER_ABILITIES and obj.funder_id in rights(user_obj).funders
        if ability == "open_network":
            return settings.OPEN_NETWORKS or user_obj.is_operator
        return ability == "operate" and user_obj.is_operator

    def _may_hand_over(self, person: Person, held: Holding) -> bool:
        """Whoever speaks for an organisation, and coordinators for them."""
        if person.has_perm("networks.coordinate", held.seat.network):
            return True
        own = held.person_id == person.pk and held.part != Part.OBSERVER
        return own and person.has_perm("networks.take_part", held.seat.network)

    def _of_seat(self, person: Person, ability: str, seat: Seat) -> bool:
        """Its coordinators look after who holds it; whoever leads for the organisation may
        nominate its people: Network.leads_invite says whether a coordinator answers first."""
        if ability not in ("nominate", "look_after"):
            return False
        if person.has_perm("networks.coordinate", seat.network):
            return True
        return (
            ability == "nominate"
            and person.has_perm("networks.take_part", seat.network)
            and seat.holdings.current().filter(person=person, part=Part.LEAD).exists()
        )


def network_page(ability: str, *, writes: bool = False) -> Callable:
    """A page inside a network: hands the view the network, and 404 to whoever may not see it.

    `writes`: the page is there to write on, so that it does not open in a closed network, where
    the others that members take part on are still read.
    """

    def stand(view: Callable) -> Callable:
        @signed_in
        @wraps(view)
        def enter(request: HttpRequest, slug: str, *args: object, **kwargs: object) -> HttpResponse:
            found = next((one for one in rights(request.user).networks if one.slug == slug), None)
            if found is None:
                raise Http404
            # The view's own: a form may change it, while the menu still shows what is written.
            request.network = network = copy(found)
            reads = ability == "take_part" and request.method in SAFE and not writes
            allowed = "view" if network.closed_at and reads else ability
            if not request.user.has_perm(f"networks.{allowed}", network):
                raise PermissionDenied
            if request.session.get("here") != network.pk:
                request.session["here"] = network.pk  # where Home and the menu bring them back to
            return view(request, network, *args, **kwargs)

        enter.ability = ability  # what the table of who may do what is made from
        return enter

    return stand


def programme_page(ability: str) -> Callable:
    """A page of a programme: hands the view the programme, and 404 to all but its funder's
    people."""

    def stand(view: Callable) -> Callable:
        @signed_in
        @wraps(view)
        def enter(request: HttpRequest, slug: str, *args: object, **kwargs: object) -> HttpResponse:
            programme = Programme.objects.filter(slug=slug).select_related("funder").first()
            if programme is None or not request.user.has_perm(f"networks.{ability}", programme):
                raise Http404
            return view(request, programme, *args, **kwargs)

        enter.ability = ability
        return enter

    return stand


def operators_page(view: Callable) -> Callable:
    """A page for those who run the platform."""

    @signed_in
    @wraps(view)
    def enter(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.has_perm("networks.operate"):
            raise Http404
        return view(request, *args, **kwargs)

    enter.ability = "operate"
    return enter
