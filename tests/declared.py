"""Every address, one row each. What the columns mean: tests/pages.py."""

from tests.pages import (
    DONE, LOGIN, NO, NOT, OK, Page, coordinators, everybody, facilitators, funders, here, members,
    nobody, signed_in,
)  # fmt: skip

PAGES = [
    Page("home", get=everybody(), look_as="member"),
    Page("healthz", get=everybody(), look_as=None, why="JSON for a machine"),
]
