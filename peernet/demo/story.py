"""The story that the demonstration tells: names, words and histories, nothing else.

Invented from what the study found (docs: mission.md); nobody in it exists. Numbers are weeks or
days from today, so that the story is always about now.
"""

from dataclasses import dataclass

FUNDER = "Example Trust"
PROGRAMME = "Peer Networks Programme"
CARE_PROGRAMME = "Health and Social Care Fund"


@dataclass(frozen=True)
class Sector:
    """One of the programme's networks. `turnout`: share of members who come; `held`: share of
    sessions that happened while there was money, and `after`: since it ended."""

    name: str
    purpose: str
    members: int
    amount: int
    turnout: float
    held: float
    after: float
    regions: tuple[str, ...] = ("North", "Midlands", "South West", "London", "Wales")


SECTORS = [
    Sector("Community Libraries Resource Hub", "Volunteers and staff who keep libraries open, sharing notes on working safely.", 14, 65_000, 0.75, 0.95, 0.8),
    Sector("Octopus Community Centres", "Community centres that meet every week while things are hard.", 12, 60_000, 0.85, 1.0, 0.9),
    Sector("Community Energy", "Groups that own their own solar and wind.", 9, 55_000, 0.5, 0.8, 0.0),
    Sector("Community Organisers", "People who listen at doors and bring neighbours together.", 10, 60_000, 0.55, 0.85, 0.0),
    Sector("Brixton Neighbours", "Began as a network of businesses; now neighbours helping neighbours.", 11, 50_000, 0.7, 0.9, 0.6, ("London",)),
    Sector("Community Shops", "Village shops owned by those who shop in them.", 16, 60_000, 0.8, 0.95, 0.9),
    Sector("Community Pubs", "Pubs bought by their regulars.", 12, 60_000, 0.65, 0.9, 0.4),
    Sector("Food Growing", "Market gardens, allotments and box schemes.", 8, 50_000, 0.6, 0.85, 0.2),
    Sector("Community Transport", "Minibuses, car clubs and lifts to hospital.", 7, 55_000, 0.5, 0.8, 0.0),
    Sector("Community Housing", "Homes that a neighbourhood builds and keeps.", 13, 65_000, 0.7, 0.9, 0.5),
    Sector("Heritage Buildings", "Old mills, chapels and halls brought back to use.", 9, 60_000, 0.6, 0.85, 0.3),
    Sector("Sports and Play", "Pools, pitches and playgrounds run by those who use them.", 4, 50_000, 0.75, 0.9, 0.0),
    Sector("Arts Spaces", "Studios, stages and print shops that pay their way.", 10, 60_000, 0.65, 0.9, 0.4, ("London", "London", "South East")),
]  # fmt: skip
BUILDERS = "Network Builders"
BUILDERS_PURPOSE = "The thirteen people who run the programme's networks, learning from each other."

FIRST_NAMES = (
    "Amir Bethan Carys Dele Esme Femi Greta Hanif Iona Jamal Keira Lowri Mei Nadia Owen Padma "
    "Quinn Rhys Saskia Tariq Una Vikram Wanda Xena Yusuf Zadie Aled Bola Cerys Dev Ellis Farah"
).split()
LAST_NAMES = (
    "Adeyemi Bennett Chaudhry Davies Ellis Farouk Griffiths Hughes Iqbal Jones Khan Lewis Morgan "
    "Nwosu Okafor Patel Quigley Roberts Singh Thomas Usman Vaughan Walsh Young Begley Carter"
).split()
PLACES = (
    "Ashford Barrow Calder Dovedale Elland Frome Garston Hulme Irwell Jarrow Kirkby Leith Malvern "
    "Newlyn Otley Penarth Radcliffe Stroud Totnes Wells Yeovil Whitby Ulverston Thirsk Settle Ripon"
).split()
KINDS = ("Community Hub", "Care Co-op", "Trust", "Together", "Neighbours", "Works")

# The Health and Social Care community: two cohorts, every three weeks, still funded.
CARE = "Health and Social Care community of practice"
CARE_PURPOSE = (
    "Community businesses that offer care close to home. We meet every three weeks to think "
    "about what is hard, to learn from each other, and to be heard by those who buy care."
)
CARE_TITLE = "Action learning set"
CARE_FIRST = [
    ("Amina Begum", "Octopus Care Hub", "London"),
    ("Sam Whitfield", "Calder Care Co-op", "North"),
    ("Priya Raman", "Totnes Together", "South West"),
    ("Joe Martin", "Hulme Neighbours", "North"),
    ("Bronwen Rees", "Penarth Care Trust", "Wales"),
    ("Kofi Mensah", "Garston Works", "North"),
]
CARE_SECOND = [
    ("Lena Novak", "Stroud Community Hub", "South West"),
    ("Mo Rahman", "Elland Care Co-op", "North"),
    ("Grace Obi", "Leith Together", "Scotland"),
    ("Tom Askew", "Barrow Neighbours", "North"),
    ("Siân Pritchard", "Newlyn Trust", "South West"),
    ("Ade Balogun", "Ashford Community Hub", "South East"),
    ("Helen Marsh", "Malvern Care Co-op", "Midlands"),
    ("Ravi Nair", "Wells Works", "South West"),
    ("Chloe Dunn", "Otley Together", "North"),
    ("Ibrahim Sesay", "Jarrow Trust", "North"),
    ("Meg Lloyd", "Penarth Care Trust", "Wales"),
    ("Ursula Finch", "Dovedale Neighbours", "Midlands"),
]
COORDINATOR, FACILITATOR = "Dan Price", "Fay Okoro"
FUNDER_PERSON, OPERATOR = "Ruth Marlow", "Olu Adebayo"

CARE_CHARTER = """What is said here stays here. Use what you learn, but do not say who said it.

- We listen before we advise.
- We ask open questions.
- We turn up, or say that we cannot.
- Everybody's time counts the same.
"""

# Threads: title, who started it, how many days ago, then who said what, how many days ago.
CARE_TALK = [
    (
        "How are you charging for room hire now?",
        [
            ("Priya Raman", 9, "We used to charge by the hour. Since we opened again, **half our hirers** only want forty minutes. How do you do it?"),
            ("Joe Martin", 9, "By the half day, with a cheaper rate for groups that pay for a term at once. It cut our invoices by two thirds."),
            ("Bronwen Rees", 8, "We went to three prices:\n\n| who | per hour |\n|---|---|\n| local groups | £8 |\n| charities | £14 |\n| everybody else | £24 |"),
            ("Sam Whitfield", 6, "Stealing that table, thank you. Do you ask for a deposit?"),
            ("Bronwen Rees", 6, "Only for evenings with food."),
            ("Priya Raman", 1, "This is so useful. I will try the half days from January and tell you how it goes."),
        ],
    ),
    (
        "A template for a lone-working policy",
        [
            ("Helen Marsh", 20, "Our insurer wants a lone-working policy for home visits. Has anybody got one we can look at, so that we do not start from nothing?"),
            ("Kofi Mensah", 19, "Ours is two pages and was checked by the council. I will bring it to the next session."),
            ("Ravi Nair", 18, "We would use that too."),
        ],
    ),
    (
        "What I wish I had known before the first contract",
        [
            ("Sam Whitfield", 34, "That the council pays after ninety days. We nearly ran out of money in month two. Ask for a payment up front; they said yes when we asked."),
            ("Lena Novak", 33, "We asked and they said no, but they did move to monthly."),
            ("Amina Begum", 31, "Same here. Our bank gave us a small overdraft once they saw the signed contract."),
        ],
    ),
    (
        "Who has talked to their GP surgery about social prescribing?",
        [
            ("Grace Obi", 3, "Our surgery has a link worker now, who does not know us. How did you get a first meeting?"),
            ("Mo Rahman", 2, "Cake. Really. We invited the whole reception team to lunch on a Wednesday."),
        ],
    ),
    (
        "Thank you for last Tuesday",
        [("Tom Askew", 4, "I came away with three things to try, and slept well for the first time in a week.")],
    ),
]  # fmt: skip
