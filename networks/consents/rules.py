"""What people are asked to agree to, in our own words: version 1 of each text. Pure."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

PICTURES, NAMED, LINKED = "pictures", "named", "linked"
OURS = 1  # the version of our own words; a network's own texts count on from there
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Purpose:
    """One thing to agree to. `given` and `taken`: what a yes, and taking it back, change at once;
    `button`: what the yes says. `hosts`: only coordinators are asked."""

    code: str
    title: Any
    text: Any
    given: Any
    taken: Any
    button: Any
    used: Any
    hosts: bool = False


PURPOSES = (
    Purpose(
        PICTURES,
        _("Pictures and recordings"),
        _("I may be seen and heard in pictures and recordings of this network’s sessions, and they "
          "may be shown outside it."),
        _("Whoever runs a session sees that you agree."),
        _("Whoever runs a session sees from now on that you are not to be in pictures. For those "
          "that exist already, ask a coordinator."),
        _("Yes, I may be in them"),
        _("Whoever runs a session sees, beside who is coming, who does not agree."),
    ),
    Purpose(
        NAMED,
        _("Your name on the funder’s page"),
        _("My name may stand on the page that this network’s funders see, as somebody who looks "
          "after it and whom they can ask."),
        _("Your name stands on the funder’s page from now on."),
        _("Your name is off the funder’s page. Copies that were printed before still have it."),
        _("Yes, name me"),
        _("The funder’s page names coordinators who agree, and nobody else."),
        hosts=True,
    ),
    Purpose(
        LINKED,
        _("Being seen by linked networks"),
        _("People in networks that are linked with this one may see what I choose to show them "
          "under “What others see of you”, and my name with it."),
        _("Linked networks see what you chose to show them."),
        _("Linked networks see nothing more of you through this network."),
        _("Yes, show it"),
        _("Linked networks see only people who agree, and of them what each one chose."),
    ),
)  # fmt: skip
BY_CODE: dict[str, Purpose] = {one.code: one for one in PURPOSES}
CODES: list[tuple[str, Any]] = [(one.code, one.title) for one in PURPOSES]
