"""A break, coming back, closing a network, first steps."""

from tests.pages import DONE, Page, coordinators, everybody, here, members, nobody

ROWS = [
    Page("pause", get=members(), post=members(DONE), args=here, look_as="member"),
    Page("come_back", post=members(DONE), args=here),
    Page("network_close", get=coordinators(), post=coordinators(DONE), args=here),
    # In an open network there is nothing to open again: whoever is in it is told no.
    Page("network_reopen", post=nobody(member="403", facilitator="403", coordinator="403"), args=here),
    Page("operate_reopen", post=nobody(operator=DONE), args=lambda world: (world.place.pk,)),
    Page("help", get=everybody(), look_as="anonymous"),
    Page("privacy", get=everybody(), look_as="anonymous"),
    Page("accessibility", get=everybody(), look_as="anonymous"),
    Page("robots", get=everybody(), look_as=None, why="plain text for machines"),
    Page("security_text", get=everybody(), look_as=None, why="plain text for machines"),
    Page("steps_away", post=members(DONE), args=here),
]  # fmt: skip
