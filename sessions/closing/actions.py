"""When a network closes its sessions end with it; when it opens again they take place after all."""

from datetime import date, datetime

from members.notices.actions import withdraw
from members.people.models import Person
from networks.funding.queries import funded_until
from networks.network.models import Network
from peernet.lib import clock
from sessions.cadence.actions import cancel, confirm, end, tell_series
from sessions.cadence.models import Cadence, Session, SessionState
from sessions.cadence.queries import next_sequence
from sessions.cadence.rules import is_past_cover


def stop_all(network: Network, *, reason: str, by: Person) -> None:
    """End every rhythm and cancel every session that has not begun, each with its own letter.

    For inside a transaction that holds the network.
    """
    for cadence in Cadence.objects.filter(network=network, ended_at=None).order_by("pk"):
        end(cadence, reason=reason, by=by)
    open_states = [SessionState.PLANNED, SessionState.TENTATIVE]
    for session in Session.objects.filter(network=network, state__in=open_states).future(
        clock.now()
    ):
        cancel(session, reason=reason, seen=session.sequence, by=by)


def bring_back(network: Network, *, since: datetime, by: Person) -> None:
    """Undo `stop_all` of that moment (aware), as far as the days are still to come.

    A date past the end of the money is unsure again, not sure.
    """
    cover = funded_until(network)
    for cadence in Cadence.objects.filter(network=network, ended_at__gte=since).order_by("pk"):
        _run_again(cadence, since, cover)
    gone = Session.objects.filter(network=network).future(clock.now()).filter(
        state=SessionState.CANCELLED, settled_at__gte=since
    )  # fmt: skip
    for session in gone.select_related("network", "cohort", "cadence"):
        session.settled_at, session.reason = None, ""
        if not session.taken_on_by_id and is_past_cover(cover, session.date):
            session.state = SessionState.TENTATIVE
            session.save(update_fields=["state", "settled_at", "reason"])
        else:
            confirm(session)


def _run_again(cadence: Cadence, since: datetime, cover: date | None) -> None:
    cadence.ended_at, cadence.reason, cadence.covered_until = None, "", cover
    cadence.sequence = next_sequence(cadence)
    cadence.save(update_fields=["ended_at", "reason", "covered_until", "sequence"])
    now = clock.now()
    dates = cadence.sessions.of_series().future(now).filter(
        state=SessionState.CANCELLED, settled_at__gte=since, sequence=0
    )  # fmt: skip
    dates.within(cover).update(
        state=SessionState.PLANNED, settled_at=None, reason="", sure_since=now
    )
    withdraw(cadence.pk, "series_ended", reason="The network was opened again.")
    tell_series(cadence, "series_changed")
