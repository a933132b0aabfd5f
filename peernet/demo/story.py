"""The story that the demonstration tells: names and words, nothing else.

Invented from what the study found (docs: mission.md); nobody in it exists. Numbers are weeks or
days from today, so that the story is always about now.
"""

FUNDER = "Example Trust"
PROGRAMME = "Peer Networks Programme"
CARE_PROGRAMME = "Health and Social Care Fund"
SHY = ("Brixton Neighbours", "Community Organisers")  # of the linked networks
MAY_WE = "Two of you meet in our rooms already. Shall we tell one another when we meet?"


# How people come in: a network that is open, and what the care community asks.
OPEN_DOOR = "Community Libraries Resource Hub"
QUESTION = "What do you do, and what would you like from the others?"
# Name, days ago, their answer, and what was said since: the network and they in turn.
ASKING = [
    (
        "Hope Addison",
        4,
        "We are four carers and a minibus in Settle. I would like to hear how others price care at home.",
        ("Lovely to hear from you, Hope. Are you a company yet, or on the way?",
         "On the way: our first meeting of members is in May."),
    ),
    ("Rufus Clay", 1, "I run the kitchen at a day centre, and I am tired of doing it alone.", ()),
]  # fmt: skip

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
# Who speaks for another organisation too: from and until which day of the network (0: still).
CARE_MORE = [
    ("Fay Okoro", "Penarth Care Trust", "observer", 200, 0),
    ("Lena Novak", "Totnes Together", "deputy", 210, 0),
    ("Joe Martin", "Calder Care Co-op", "deputy", 10, 150),  # before he moved to Hulme
]
# Who moves on, and who follows them at their organisation; their time together began days ago.
LEAVES, FOLLOWS, OVERLAP_SINCE = "Bronwen Rees", "Meg Lloyd", 9
QUIET = ("Ursula Finch", "Chloe Dunn")  # have not come lately, and write nothing
COORDINATOR, FACILITATOR = "Dan Price", "Fay Okoro"
FUNDER_PERSON, OPERATOR = "Ruth Marlow", "Olu Adebayo"

CARE_CHARTER = """What is said here stays here. Use what you learn, but do not say who said it.

- We listen before we advise.
- We ask open questions.
- We turn up, or say that we cannot.
- Everybody's time counts the same.
"""

CARE_CHARTER_NEW = """- We ask before we take a photograph, and before we show one.
"""
RANTS_CHARTER = """What is said in this room is **not repeated anywhere**, not even without a name.

- We do not solve anything here unless somebody asks.
- Wins are as welcome as rants.
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

# What each cohort has for itself: a session now and then, and an open room of the second one.
CARE_CIRCLE = "Our own circle"
CARE_TABLE = (
    "Spring table",
    [
        (
            "Who lends a minibus?",
            [
                (
                    "Mo Rahman",
                    20,
                    "Ours is in the garage until March. Does anybody near Elland have one on Thursdays?",
                ),
                (
                    "Tom Askew",
                    19,
                    "Barrow to Elland is two hours, and worth it. Take ours, and bring it back full.",
                ),
            ],
        ),
    ],
)

# Each cohort's own trusted room: its name, words of welcome, and what is said there.
COHORTS = [
    (
        "The first six",
        "You are the first. Bring a kettle, a question and one thing that keeps you awake.",
        [
            (
                "Are we still the six of us?",
                [
                    ("Kofi Mensah", 160, "Now that so many more are coming: shall we keep this room for us?"),
                    ("Amina Begum", 159, "Yes please. It took us half a year to talk like this."),
                    ("Priya Raman", 5, "I still read here first."),
                ],
            ),
        ],
    ),
    (
        "The twelve of spring",
        "Welcome! You begin together, so that nobody has to catch up with anybody.",
        [
            (
                "Who are we?",
                [
                    ("Grace Obi", 130, "I begin: Leith, four carers, one very old boiler."),
                    ("Tom Askew", 129, "Barrow. Two of us and a borrowed van."),
                    ("Lena Novak", 3, "Shall we meet for half an hour before the next session, just us?"),
                ],
            ),
        ],
    ),
]  # fmt: skip

# In the room for rants and wins, which is trusted: said there, it stays there.
RANTS = "Rants and wins"
CARE_RANTS = [
    (
        "Three forms for one bus pass",
        [
            ("Mo Rahman", 11, "Three forms. One bus pass. Each form asks for the number that is on the other form."),
            ("Grace Obi", 11, "I hear you."),
            ("Joe Martin", 10, "We sent all three back in one envelope, with a biscuit. It worked."),
        ],
    ),
    (
        "A win, for once",
        [
            ("Siân Pritchard", 2, "The council asked **us** how to write the next contract."),
            ("Priya Raman", 2, "That is three years of you saying the same thing politely. Well done."),
        ],
    ),
]  # fmt: skip
