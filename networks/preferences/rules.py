"""What a link in a mail stops, as the page and its undo say it."""

WEEK, DAY, HOUR = "remind_week", "remind_day", "remind_hour"
REMINDERS = (WEEK, DAY, HOUR)


def written(*ticked: bool) -> str:
    """Which reminders somebody had, as an undo carries it: "101" is all but the second."""
    return "".join("1" if one else "0" for one in ticked)


def read(text: str) -> dict[str, bool]:
    """The reminders that an undo carries; all of them for anything else."""
    good = len(text) == len(REMINDERS) and set(text) <= {"0", "1"} and "1" in text
    return dict(zip(REMINDERS, (one == "1" for one in (text if good else "111")), strict=True))
