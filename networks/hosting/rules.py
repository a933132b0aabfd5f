"""What the lines about a thread say, and when a deed was only a slip."""

from datetime import timedelta

from django.utils.translation import gettext as _

# Taken back this soon by the same person, a deed leaves no line: nobody needs to read two.
SLIP = timedelta(minutes=10)
OPPOSITE = {"closed": "reopened", "reopened": "closed", "pinned": "unpinned", "unpinned": "pinned"}


def line(deed: str, name: str, from_room: str = "", to_room: str = "") -> str:
    """ "Dan Price moved this from Everyone to Rants": a deed as its thread tells it."""
    words = {
        "renamed": _("%(name)s changed the title"),
        "closed": _("%(name)s closed this thread"),
        "reopened": _("%(name)s opened this thread again"),
        "pinned": _("%(name)s pinned this thread"),
        "unpinned": _("%(name)s unpinned this thread"),
        "moved": _("%(name)s moved this from %(from)s to %(to)s"),
    }
    return words[deed] % {"name": name, "from": from_room, "to": to_room}
