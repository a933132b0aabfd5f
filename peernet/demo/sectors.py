"""The programme's thirteen networks and their builders: what became of each, and a few words.

Numbers are weeks or days. The states are those of docs: ux.md section 13.
"""

from dataclasses import dataclass

ENGLAND_AND_WALES = ("North", "Midlands", "South West", "London", "Wales")
# A thread: its title, then who wrote (0 is who leads), how many days ago, and what.
Talk = tuple[str, list[tuple[int, int, str]]]


@dataclass(frozen=True)
class Sector:
    """One network. `turnout`: share of members who come; `held`: share of sessions that happened
    while there was money, and `after`: since it ended."""

    name: str
    purpose: str
    members: int
    amount: int
    turnout: float
    held: float
    after: float
    regions: tuple[str, ...] = ENGLAND_AND_WALES
    every: int = 3  # weeks, since the money ended; before, always three
    silent: int = 0  # days without anything after the money ended
    leads: int = 3  # how many took turns in leading since then
    only: str = ""  # the one region whose people still came since then
    late: int = 0  # began this many days before the money ended, not with the programme
    closed: int = 0  # days ago
    joined: str = ""  # the network that its people went on to
    talk: tuple[Talk, ...] = ()


SECTORS = [
    Sector(
        "Community Libraries Resource Hub", "Volunteers and staff who keep libraries open, sharing notes on working safely.",
        14, 65_000, 0.75, 0.95, 0.8, leads=5,
        talk=(
            ("Opening again: our safe-working notes", [
                (3, 26, "Here is our one page for volunteers: **two people at the desk, windows open, books rest for three days**. Copy what you like."),
                (6, 25, "We used this on Saturday. It took ten minutes to change the names, and nobody had to guess."),
                (0, 12, "I have put four of your notes side by side. The parts that all four share are the ones to start from."),
                (9, 5, "Is anybody still resting books? We have stopped, and nobody minded."),
            ]),
            ("Who leads in January?", [
                (0, 8, "I led the last two. Who takes the next one? You need the list of questions and a kettle."),
                (4, 7, "I will, if somebody keeps the time for me."),
                (2, 7, "I can keep the time."),
            ]),
        ),
    ),
    Sector(
        "Octopus Community Centres", "Community centres that meet every week while things are hard.",
        12, 60_000, 0.85, 1.0, 0.95, every=1, leads=6,
        talk=(
            ("This week: heating", [
                (1, 6, "Who has found a boiler engineer who will come within a week?"),
                (5, 6, "Ring ours, and say we sent you. He kept us warm through February."),
                (0, 2, "On Thursday we talk about opening as warm places. Bring your bills."),
            ]),
        ),
    ),
    Sector("Community Energy", "Groups that own their own solar and wind.", 9, 55_000, 0.5, 0.8, 0.0),
    Sector("Community Organisers", "People who listen at doors and bring neighbours together.", 10, 60_000, 0.55, 0.85, 0.0),
    Sector(
        "Brixton Neighbours", "Began as a network of businesses; now neighbours helping neighbours.",
        11, 50_000, 0.7, 0.9, 0.6, ("London",), leads=4,
        talk=(
            ("What are we for now?", [
                (0, 90, "Half of us have shut our doors for a while, and all of us are carrying shopping. Shall we say so, and be that?"),
                (2, 89, "Yes. We can be businesses again when there is business."),
                (7, 88, "I would come more often to this than to the old one."),
            ]),
            ("Needed: a van on Tuesdays", [
                (4, 9, "Forty boxes, from the market to the hall. About two hours."),
                (8, 9, "Ours stands idle on Tuesdays. The key is at the café."),
            ]),
        ),
    ),
    Sector(
        "Community Shops", "Village shops owned by those who shop in them.",
        16, 60_000, 0.8, 0.95, 0.95, leads=8,
        talk=(
            ("Card fees", [
                (2, 15, "Ours went up to 1.9 per cent. What do you pay?"),
                (9, 14, "1.4, since six of us asked together. Shall we ask again with ten?"),
                (12, 14, "Count us in."),
            ]),
        ),
    ),
    Sector(
        "Community Pubs", "Pubs bought by their regulars.", 12, 60_000, 0.45, 0.9, 0.6, leads=1,
        talk=(
            ("Could somebody else lead once?", [(0, 40, "I have led all of them since the spring, and I am glad to. But if I fall ill, there is nobody. Who would try one with me beside them?")]),
        ),
    ),
    Sector("Food Growing", "Market gardens, allotments and box schemes.", 10, 50_000, 0.6, 0.85, 0.5, ("London", "London", "North", "Wales", "South West"), only="London"),
    Sector("Community Transport", "Minibuses, car clubs and lifts to hospital.", 7, 55_000, 0.5, 0.8, 0.0),
    Sector(
        "Community Housing", "Homes that a neighbourhood builds and keeps.",
        13, 65_000, 0.7, 0.9, 1.0, silent=150, leads=3,
        talk=(
            ("Shall we begin again?", [
                (5, 88, "It is five months since we met. I miss you all, and I have a planning question. Tuesday, same link?"),
                (2, 88, "I am there. I can lead the one after."),
                (8, 87, "Same here. Let us take turns, so that nobody has to be the one."),
            ]),
        ),
    ),
    Sector(
        "Heritage Buildings", "Old mills, chapels and halls brought back to use.",
        9, 60_000, 0.6, 0.85, 0.5, closed=70, joined="Arts Spaces",
        talk=(("We go on with Arts Spaces", [(0, 75, "Most of us run a stage in an old building, and half of us are in both. From next month we meet with them.")]),),
    ),
    Sector(
        "Sports and Play", "Pools, pitches and playgrounds run by those who use them.",
        4, 50_000, 0.85, 0.9, 1.0, leads=2, closed=45,
        talk=(("Thank you", [
            (0, 50, "Thursday is our last session, and that is all right: each of us has what we came for. Bring a cake."),
            (2, 48, "I came for a roof and found four friends. We ring each other anyway."),
        ]),),
    ),
    Sector("Arts Spaces", "Studios, stages and print shops that pay their way.", 10, 60_000, 0.7, 0.95, 0.85, ("London", "South East", "North"), late=100, leads=4),
]  # fmt: skip

BUILDERS = Sector(
    "Network Builders", "The people who run the programme’s networks, learning from each other.",
    0, 0, 0.8, 1.0, 0.55, every=6, leads=5,
    talk=(
        ("How do you begin a session when everybody is tired?", [
            (3, 30, "Our check-in has become a list of complaints. What do you do?"),
            (1, 29, "One word each, and then two minutes of quiet. It sounds odd and it works."),
            (9, 27, "I took this to my network on Monday. They asked to keep it."),
        ]),
        ("What happened when your money ended?", [
            (0, 60, "Let us write it down while we remember: what stopped, what went on, and who did it."),
            (5, 58, "We meet more often than before. Nobody told us to."),
            (2, 57, "We stopped within two months. I had no hours left, and nobody had been asked to take over."),
            (9, 20, "We stopped, and after five months somebody simply wrote a date."),
        ]),
    ),
)  # fmt: skip
