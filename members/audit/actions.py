"""The trail of what was changed, by whom."""

from typing import Any

from .models import AuditEntry


def note(
    deed: str,
    *,
    by: Any,
    network_id: int | None = None,
    about_id: int | None = None,
    **detail: int | str | bool | None,
) -> AuditEntry:
    """Write down a deed (a code such as "grant.recorded"), in the transaction that does it.

    Returns the entry, which a message about the deed can point at. `detail` holds ids, codes and
    numbers, never names, addresses or words.
    """
    return AuditEntry.objects.create(
        deed=deed,
        actor_id=by.pk if by else None,
        network_id=network_id,
        about_id=about_id,
        detail=detail,
    )
