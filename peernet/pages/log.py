"""What was done in a network, by whom and when: read by all those it was done to.

Deeds only: no title, no text, no address. A name is shown while its owner is in the network.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.audit.models import AuditEntry
from members.people.queries import aliases
from networks.membership.door import network_page
from networks.membership.queries import members
from networks.network.models import Network
from peernet.lib import pages

from .deeds import DEEDS, UNSHOWN
from .operating import page


@dataclass(frozen=True)
class Line:
    """One deed in words."""

    who: str
    did: str
    at: datetime


def lines(network: Network, before: int | None) -> tuple[list[Line], int | None]:
    """Up to 50 deeds, newest first, older than the key `before`; and the key for the next."""
    rows = (
        AuditEntry.objects.filter(network_id=network.pk)
        .exclude(deed__in=UNSHOWN)
        .select_related("actor")
    )
    found, older = page(rows, before)
    actors = {row.actor_id for row in found}
    now = aliases(actors)  # who did it under an account that is merged into another
    here = members(network).filter(pk__in=actors | set(now.values()))
    names = {person.pk: person.shown_name for person in here}
    names |= {old: names[into] for old, into in now.items() if into in names}
    return [_line(row, names) for row in found], older


def _line(row: AuditEntry, names: dict[int, str]) -> Line:
    return Line(_who(row, names), str(DEEDS.get(row.deed) or _("did something else")), row.at)


def _who(row: AuditEntry, names: dict[int, str]) -> str:
    if row.actor_id is None:
        return _("The server")
    if row.actor_id in names:
        return names[row.actor_id]
    if row.actor and row.actor.is_operator:
        return _("An operator of this server")
    return _("Somebody who is not in the network now")


@require_safe
@network_page("view")
def log(request: HttpRequest, network: Network) -> HttpResponse:
    before = pages.whole_number(request.GET.get("before"))
    found, older = lines(network, before)
    context = {
        "network": network,
        "lines": found,
        "newer": "?" if before else "",
        "older": f"?before={older}" if older else "",
    }
    return render(request, "pages/log.html", context)
