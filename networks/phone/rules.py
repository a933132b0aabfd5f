"""What a phone number looks like, and how long two people see each other's. Pure."""

import re
from datetime import timedelta

LINES_A_PAGE = 50
SHOWN_FOR = timedelta(weeks=4)  # both numbers, since both agreed
WAITS_FOR = timedelta(weeks=2)  # a question that nobody answers is forgotten
LONGEST_NUMBER = 30
NUMBER = re.compile(r"\+?[0-9][0-9 ()./-]*")


def is_number(text: str) -> bool:
    """Whether somebody could ring it: six to fifteen figures, as people write them."""
    figures = sum(c in "0123456789" for c in text)
    return bool(NUMBER.fullmatch(text)) and 6 <= figures <= 15
