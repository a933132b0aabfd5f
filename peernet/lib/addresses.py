"""A mail address as people write it into a cell: alone, with a name, or with things around it."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

LONGEST = 254  # RFC 5321: a longer one cannot be written to
WRAPPING = " \t\r\n<>()[]\"'`.,;:"


@dataclass(frozen=True)
class Address:
    """What a cell says. Exactly one of `email` (small letters) and `fault` (a sentence) is
    filled, unless the cell was empty: then neither is."""

    email: str = ""
    name: str = ""
    fault: str = ""


def read(cell: str) -> Address:
    """ "Ann Lee <ANN@x.org>" is ann@x.org, Ann Lee. Only what surely is not part of an address
    is taken away: spaces, brackets, "mailto:", full stops and commas at the ends."""
    before, _sign, rest = cell.partition("<")
    inside, closed, after = rest.partition(">")
    angled = closed and not after.strip(WRAPPING)
    name = _natural(before.strip(WRAPPING)) if angled else ""
    text = (inside if angled else cell).strip(WRAPPING)
    if text.lower().startswith("mailto:"):
        text = text[7:].partition("?")[0].strip(WRAPPING)
    if not text:
        return Address(name=name)
    fault = _fault(text)
    return Address("" if fault else text.lower(), name, fault)


def _natural(name: str) -> str:
    """ "Lee, Ann", as Outlook writes it, is Ann Lee."""
    last, _comma, first = name.partition(",")
    return " ".join([*first.split(), *last.split()])


def _fault(text: str) -> str:
    """Why this is no address, in a sentence; "" when it is one."""
    if len(re.findall(r"\S@\S", text)) > 1:
        return _("There is more than one address here. Keep one.")
    if "@" not in text:
        return _("There is no @ in it.")
    if re.search(r"\s", text):
        return _("There is a space in it.")
    if len(text) > LONGEST:
        return _("It is too long for an address.")
    if "." not in text.rpartition("@")[2]:
        return _("What comes after the @ is cut off.")
    try:
        validate_email(text)
    except ValidationError:
        return _("An address looks like name@example.org.")
    return ""
