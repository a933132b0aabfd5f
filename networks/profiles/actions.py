"""Telling others about oneself, and choosing who sees it."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from members.people.models import Person
from networks.consents.actions import show_to_linked
from peernet.lib.errors import Refused

from . import rules
from .models import Detail


@transaction.atomic
def tell(person: Person, said: Mapping[str, tuple[str, int]], *, by: Person) -> None:
    """Say these things anew: code -> (words, level). Without words a thing is forgotten at once.

    Raises Refused when it is not their own doing, or for a level narrower than the thing allows.
    """
    if person != by:
        raise Refused(_("Only they can change this."))
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    for code, (words, level) in said.items():
        if level not in dict(rules.choices(rules.BY_CODE[code])):
            raise Refused(_("Choose one of the answers shown."))
        _write(person, code, words.strip(), level)
    if Detail.objects.filter(person=person, level__gte=rules.LINKED).exists():
        show_to_linked(by=by)


def _write(person: Person, code: str, words: str, level: int) -> None:
    if code == rules.EMAIL:
        words = ""
    elif not words:
        Detail.objects.filter(person=person, what=code).delete()
        return
    Detail.objects.update_or_create(
        person=person, what=code, defaults={"words": words, "level": level}
    )
