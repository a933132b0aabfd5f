"""What the demo's people ask for and offer, in several networks: open, in talk, met, run out."""

from dataclasses import dataclass
from datetime import timedelta

from members.people.models import Person
from networks.discussions.models import Thread
from networks.exchange.actions import set_topics
from networks.exchange.models import Entry, EntryTag
from networks.exchange.rules import ENDS, STANDING
from networks.introductions.actions import answer, introduce
from networks.network.models import Network
from networks.phone.actions import open_line
from networks.seats.models import Holding
from peernet.lib import clock

from . import story, talk

LIBRARIES, BRIXTON = "Community Libraries Resource Hub", "Brixton Neighbours"
OCTOPUS, SHOPS = "Octopus Community Centres", "Community Shops"
Who = int | str  # the demo's care network by name; in the others 0 is who leads


@dataclass(frozen=True)
class Card:
    """One ask or offer. `said`: who, how many days ago, and what; the first are its own words.
    `came`: a state in which it still stands, or what came of it, `days` ago; `met_by` who met it,
    who agreed to be named."""

    kind: str
    about: str
    title: str
    tags: str
    said: list[tuple[Who, int, str]]
    came: str = "open"
    days: int = 0
    met_by: Who | None = None
    body: bool = False  # on behalf of the organisation of whoever asks
    weeks: int = 4


# By whom, the two, why, and whether both said yes.
INTRODUCED = [
    ("Dan Price", "Amina Begum", "Mo Rahman", "Amina, Mo fills fourteen nights with three people. "
     "Mo, Amina collects rotas that survive Mondays.", False),
    ("Amina Begum", "Lena Novak", "Helen Marsh",
     "You both look after homes an hour from the next bus.", True),
]  # fmt: skip
CARDS = {
    LIBRARIES: [
        Card("ask", "thing", "Shelving for a children’s corner", "shelves, furniture", [
            (6, 70, "Low shelves, about four metres in all. Any colour. We can fetch."),
            (1, 68, "We are swapping ours in March. They are yellow and rather battered."),
            (6, 67, "Yellow and battered is just right. Thank you!"),
        ], "met_here", 40, met_by=1, body=True),
        Card("ask", "money", "Who has a spare place on a bid-writing course?", "grants, training", [
            (8, 52, "Ours was cancelled. One of our trustees would travel for it."),
        ]),
        Card("offer", "service", "Share our payroll bureau", "payroll, accounts, back office", [
            (2, 12, "Six of us pay one bureau together: **£4 a payslip** instead of £9. There is room for four more from April."),
            (5, 11, "We have eleven on the payroll. May I ring you?"),
        ], "talk", body=True, weeks=8),
        Card("ask", "help", "How do you insure home deliveries of books?", "insurance, volunteers, home library", [
            (4, 6, "Our insurer says that volunteers’ own cars are not covered. What does yours say, and who is it?"),
        ], body=True),
        Card("offer", "thing", "A laminator and two guillotines to lend", "equipment, printing", [
            (7, 3, "For a week at a time. They live in our office, three minutes from the station."),
        ]),
    ],
    BRIXTON: [
        Card("ask", "people", "Two drivers on Tuesday afternoons", "driving, food boxes, volunteers", [
            (4, 33, "Forty boxes from the market to the hall, two hours. The van is there, the key is at the café."),
            (8, 32, "My son and I can do it until Easter."),
            (4, 30, "You have saved our Tuesdays."),
        ], "met_here", 28, met_by=8),
        Card("offer", "thing", "A shop freezer, with a lid that needs love", "freezer, food boxes", [
            (2, 8, "We are shut until spring, so it may as well be full of somebody else’s peas."),
            (9, 7, "For the food boxes? We could fetch it on Thursday."),
        ], "talk"),
        Card("ask", "help", "Somebody who speaks Portuguese, to ring six families", "languages, phone calls", [
            (5, 4, "About ten minutes each, once a week. They are on their own and would like a voice."),
        ]),
        Card("offer", "people", "Shopping and prescriptions within a mile", "shopping, volunteers", [
            (7, 2, "Four of us have bicycles and the whole of Wednesday."),
        ], weeks=8),
    ],
    OCTOPUS: [
        Card("ask", "trade", "Buy heating oil together?", "energy, buying together", [
            (3, 9, "Five centres would bring the price down by about a tenth. Who is in before the 20th?"),
        ], body=True),
        Card("offer", "help", "An hour with our boiler engineer", "energy, heating, buildings", [
            (5, 5, "He will look at your boiler by video and tell you if it is worth mending."),
        ]),
    ],
    SHOPS: [
        Card("offer", "trade", "Join our order for paper bags", "buying together, packaging", [
            (9, 10, "Ten thousand at a time, printed or plain. The more of us, the less we each pay."),
        ], body=True),
    ],
    story.CARE: [
        Card("ask", "help", "Somebody to look over our rota for night calls", "rota, staffing", [
            ("Mo Rahman", 20, "Three people cover fourteen nights, and one of them is me. How do you do it?"),
            ("Helen Marsh", 19, "We share ours with the village next door. I can show you on Thursday."),
            ("Mo Rahman", 15, "Shown and copied. I slept on Sunday."),
        ], "met_here", 14, met_by="Helen Marsh"),
        Card("offer", "help", "Our lone-working policy, and half an hour to explain it", "policies, safety, home visits", [
            ("Kofi Mensah", 13, "Two pages, checked by the council. Take it, and ring me if your insurer grumbles."),
        ], body=True, weeks=8),
        Card("offer", "service", "Share a trainer for moving and handling", "training, staffing", [
            ("Bronwen Rees", 5, "She comes for a day and can teach twelve. We have four places left on the 9th, at £35 each."),
        ], body=True),
        Card("ask", "thing", "A minibus on the second Friday of the month", "minibus, transport", [
            ("Amina Begum", 2, "Fourteen people to the day centre and back, ten till three. We have a driver, and can pay for fuel."),
        ], body=True),
    ],
}  # fmt: skip


TOPICS = {
    LIBRARIES: {1: "shelves, opening hours", 3: "insurance, charity law", 9: "volunteers’ rotas"},
    BRIXTON: {3: "benefits forms, languages", 8: "driving, food boxes"},
    story.CARE: {
        "Helen Marsh": "rotas, night calls", "Kofi Mensah": "lone working, insurers",
        "Joe Martin": "room hire, minibuses", "Lena Novak": "talking to the council",
    },
}  # fmt: skip


# Who can be rung where the demo's member is: numbers that Ofcom keeps for stories.
RUNG = {
    "Helen Marsh": ("07700 900142", "Weekdays after 4pm", "rotas, or a bad night"),
    "Kofi Mensah": ("07700 900168", "Mornings, not Fridays", "lone working, insurers"),
    "Lena Novak": ("07700 900175", "Any lunchtime", "the council"),
}


def write() -> None:
    """Put them up, each when it was, and say what people can be asked about."""
    for name, wise in TOPICS.items():
        place = Network.objects.get(name=name, demo=True)
        people = _people(place)
        for who, words in wise.items():
            set_topics(place, words.split(", "), by=people[who])
    care = Network.objects.get(name=story.CARE, demo=True)
    people = _people(care)
    for name, (number, times, topics) in RUNG.items():
        open_line(care, number=number, times=times, topics=topics, by=people[name])
    for by, one, other, why, met in INTRODUCED:
        made = introduce(care, people[one], people[other], why=why, by=people[by])
        for name in (one, other) if met else ():
            answer(made, True, by=people[name])
    for name, cards in CARDS.items():
        place = Network.objects.get(name=name, demo=True)
        people = _people(place)
        for card in sorted(cards, key=lambda card: -card.said[0][1]):
            _put_up(place, card, people)


def _people(place: Network) -> dict[Who, Person]:
    """By number as they joined, and by name."""
    spells = place.memberships.current().select_related("person").order_by("pk")
    here = [spell.person for spell in spells]
    return dict(enumerate(here)) | {one.name: one for one in here}


def _put_up(place: Network, card: Card, people: dict[Who, Person]) -> None:
    room = place.rooms.order_by("pk")[0]
    talk.write(room, [(card.title, card.said)], people)
    Thread.objects.filter(room=room, title=card.title).update(began_as=card.kind)
    thread = Thread.objects.get(room=room, title=card.title)
    by, ended = people[card.said[0][0]], card.came in ENDS
    held = Holding.objects.filter(seat__network=place, person=by).current()
    first = held.select_related("seat__organisation").first()
    entry = Entry.objects.create(
        thread=thread, network=place, by=by, kind=card.kind, about=card.about, weeks=card.weeks,
        organisation=first.seat.organisation if first and card.body else None,
        state=ENDS[card.came] if ended else card.came, outcome=card.came if ended else "",
        ended_at=clock.now() - timedelta(days=card.days) if ended else None,
        met_by=None if card.met_by is None else people[card.met_by],
        named=None if card.met_by is None else True,
        made_at=thread.started_at, expires_at=thread.started_at + timedelta(weeks=card.weeks),
    )  # fmt: skip
    if entry.state in STANDING and entry.expires_at < clock.now():
        Entry.objects.filter(pk=entry.pk).update(warned_at=entry.expires_at - timedelta(days=4))
    EntryTag.objects.bulk_create(
        EntryTag(entry=entry, network=place, word=tag) for tag in card.tags.split(", ")
    )
