"""What one agreed to, what people are asked, and how long things are kept."""

from sessions.keeping import rules
from tests.pages import DONE, Page, coordinators, here, members, signed_in
from tests.rows.talkmail import more_networks


def yes(world):
    return {"network": world.place.slug, "purpose": "pictures", "answer": "yes", "version": "1"}


def text(_world):
    return {"text": "I may be in pictures on our page.", "after": "1"}


def periods(_world):
    return {code: "24" for code, _words in rules.CODES}


ROWS = [
    Page("consents", get=signed_in(), post=members(DONE), data=yes, look_as="member", grow=more_networks),
    Page("network_consents", get=coordinators(), post=coordinators(DONE), args=here, data=text),
    Page("keeping", get=members(), post=coordinators(DONE), args=here, data=periods, look_as="coordinator"),
]  # fmt: skip
