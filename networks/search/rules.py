"""How much is looked through."""

PAGE = 20
MOST = 2_000  # hits that are weighed; of more, the newest NEWEST
NEWEST = 250
LONGEST = 200  # characters of what somebody looks for
# A year-old post counts half as much as one of today that says the same, a two-year-old a third.
YEAR = 365.25 * 86_400  # seconds
