"""Who one can be in the demo."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from members.people.models import Person

from . import story


@dataclass(frozen=True)
class Part:
    """Somebody to be: `role` is the word in /demo/as/<role>/."""

    role: str
    name: str
    about: str


def parts() -> list[Part]:
    """The demo's people, in the order of the story."""
    return [
        Part("member", "Amina Begum", _("Runs a care hub. Answers from her phone between two other things.")),
        Part("coordinator", story.COORDINATOR, _("Looks after the Health and Social Care community, part-time.")),
        Part("funder", story.FUNDER_PERSON, _("Opens one page four times a year, and prints it.")),
        Part("operator", story.OPERATOR, _("Runs this server, and reads nobody's private words.")),
    ]  # fmt: skip


def person_of(role: str) -> Person | None:
    """The demo's person for a role; None for a role there is not, or before the demo is made."""
    name = next((part.name for part in parts() if part.role == role), None)
    return Person.objects.filter(demo=True, name=name).first() if name else None
