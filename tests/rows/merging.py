"""Two accounts of one person, and organisations that are written twice."""

from tests.pages import DONE, Page, signed_in

ROWS = [
    Page("accounts_merge", get=signed_in(), post=signed_in(DONE), look_as="member",
         data=lambda world: {"do": "away"}),
]  # fmt: skip
