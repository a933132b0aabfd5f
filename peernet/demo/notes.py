"""What the Health and Social Care community wrote down in its last sessions."""

from datetime import timedelta

from members.people.models import Person
from networks.network.models import Network
from peernet.lib import text
from sessions.cadence.models import SessionState
from sessions.follow_up.models import AgreedAction, Notes

# Of the last sessions held, the newest first: who wrote, what, and (what, who, days, is it done).
WRITTEN = [
    (
        "Amina Begum",
        "We began with a round: how is everybody, honestly? Most are tired, and two of us are "
        "opening again.\n\n**Room hire.** Three ways to charge are in use: by the hour, by the "
        "half day, and free for groups that bring people in. Nobody is happy with the hour.\n\n"
        "**Volunteers.** People come back when they are asked for one thing with an end, not for "
        "help in general. Fay will try that with her Tuesday group and tell us.\n\n"
        "Next time we look at one hire agreement together.",
        [
            ("Share the hire agreement you use", "Amina Begum", 14, False),
            ("Try “one thing with an end” with the Tuesday group", "Fay Okoro", None, False),
            ("Bring one question you cannot answer alone", None, None, False),
        ],
    ),
    (
        "Fay Okoro",
        "How to say no to work that is not ours. We used *questions only* for forty minutes.",
        [("Ask the council who decides about the contract", "Dan Price", 7, True)],
    ),
]


def write(place: Network, people: dict[str, Person]) -> None:
    """Notes of the network's last sessions held, and what was agreed in them."""
    held = place.sessions.filter(state=SessionState.HELD).order_by("-starts_at")
    for session, (writer, words, agreed) in zip(held, WRITTEN, strict=False):
        at = session.ends_at + timedelta(minutes=20)
        Notes.objects.create(
            session=session, by=people[writer], text=words, html=text.html(words), at=at
        )
        for what, who, days, done in agreed:
            AgreedAction.objects.create(
                session=session, what=what, who=people.get(who or ""), by=people[writer], at=at,
                due=session.date + timedelta(days=days) if days else None,
                outcome="done" if done else "open", settled_at=at if done else None,
            )  # fmt: skip
