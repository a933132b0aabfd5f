"""The main job, from an empty server to the end of the money, each step by a person in a browser
or by mail (issue 2, section 3)."""

from datetime import UTC, datetime

from django.core import mail as outbox
from icalendar import Calendar

from networks.network.models import Network
from tests.stories.people import ring

SHEET = """Our members,,,
Organisation;Full name;E-mail
Octopus Care Hub;Amina Begum;amina@example.org
Calder Care Co-op;Sam Whitfield;sam@example.org
;;
Totnes Together;Priya Raman;priya@example.org
Hulme Neighbours;Joe Martin;joe@example.org
Penarth Care Trust;Bronwen Rees;bronwen@example.org
Garston Works;Kofi Mensah;kofi(at)example.org
Octopus Care Hub;Amina Begum;AMINA@example.org
"""
GUESTS = ("amina", "sam", "priya", "joe", "bronwen")
ZOOM = """Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Agreed
Amina B (Amina Begum),amina@example.org,01/05/2027 09:58:00 AM,01/05/2027 10:30:00 AM,32,No,
Amina B (Amina Begum),amina@example.org,01/05/2027 10:32:00 AM,01/05/2027 11:30:00 AM,58,No,
Sam Whitfield,,01/05/2027 10:01:00 AM,01/05/2027 11:29:00 AM,88,No,
Priya Raman,priya@example.org,01/05/2027 10:01:00 AM,01/05/2027 11:29:00 AM,88,No,
Joe Martin,joe@example.org,01/05/2027 10:01:00 AM,01/05/2027 11:29:00 AM,88,No,
Bronwen Rees,bronwen@example.org,01/05/2027 10:01:00 AM,01/05/2027 11:29:00 AM,88,No,
Someone Else,,01/05/2027 10:01:00 AM,01/05/2027 11:29:00 AM,88,Yes,
"""


def test_a_coordinator_runs_a_network_from_its_opening_to_the_end_of_its_money(people, travel):
    travel(datetime(2026, 12, 14, 9, 30, tzinfo=UTC))  # a Monday
    dan = people("dan")
    opens_a_network(dan)
    writes_down_the_grant(dan)
    invites_from_her_spreadsheet(dan)
    for name in GUESTS:
        joins(people(name))
    plans_every_three_weeks(dan)
    answers_from_the_mail(people)
    are_reminded(people, travel)
    talk(people)
    records_who_came(dan, travel)
    the_funder_reads_one_page(people("ruth"), people("amina"))
    the_money_ends(people, travel)


def opens_a_network(dan):
    dan.sign_in()
    dan.type("What should we call you?", "Dan Price").press("Go on")
    dan.open("/").follow("Open a network")
    dan.type("Name of the network", "Health and Social Care community of practice")
    dan.type("What it is for", "Care close to home, and learning from each other.")
    dan.press("Open the network")
    assert Network.objects.get().name == "Health and Social Care community of practice"
    dan.open("/").sees("Finish setting up Health and Social Care community of practice")


def run(dan):
    dan.open(f"/n/{Network.objects.get().slug}/run/")
    return dan


def writes_down_the_grant(dan):
    run(dan).follow("Write down who pays, and until when").follow("Add")
    dan.fill(Funder="Example Trust", Programme="Care Fund", Amount_in_pounds="£90,000")
    dan.fill(From="2026-12-01", Until="2027-03-31")
    dan.type("Email address of somebody at the funder", "ruth@example.org")
    dan.tick("The funder may see our figures").press("Add the grant")
    dan.sees("Example Trust", "£90,000")


def invites_from_her_spreadsheet(dan):
    run(dan).follow("Invite people, from your spreadsheet or one by one")
    dan.attach("The spreadsheet", "members.csv", SHEET.encode("utf-16"))
    dan.press("Show me what would happen")
    dan.sees("kofi(at)example.org")
    assert not [m for m in outbox.outbox if "amina@example.org" in m.to]
    dan.press("Invite 5 people")
    ring()
    invited = {m.to[0] for m in outbox.outbox if "invites you to join" in m.subject}
    assert invited == {f"{name}@example.org" for name in GUESTS}


def joins(guest):
    guest.open(guest.link("/join/", about="invites you"))
    guest.sees("Dan Price invites you").tick("I have read the house rules").press("Join")
    guest.type_code()
    guest.sees("You are in")


def plans_every_three_weeks(dan):
    run(dan).follow("Plan the sessions")
    dan.type("What is it called?", "Action learning set")
    dan.choose("Kind of session", "Action learning set").choose("How often?", "Every three weeks")
    dan.type("Date", "2027-01-05").type("Time", "10:00").type("How long, in minutes", "90")
    dan.type("Link to join online", "https://meet.example.org/care").press("Show me the dates")
    dan.sees("every three weeks", "Tuesday", "10am", "Tuesday 26 January 2027")
    dan.sees("Not confirmed: the grant ends on Wednesday 31 March 2027")
    dan.press("Plan these sessions and invite 6 people")
    ring()


def answers_from_the_mail(people):
    for name, answer in zip(GUESTS, ("Yes", "Yes", "Maybe", "No", "Yes"), strict=True):
        guest = people(name)
        message = guest.last_mail(about="Action learning set")
        event = invitation_in(message, guest.email)
        assert event["RRULE"]["INTERVAL"] == [3]
        # Another browser, without signing in: the link in the mail is enough for this one deed.
        guest.context.clear_cookies()
        guest.open(guest.link("/answer/", about="Action learning set")).press(answer)
        guest.sees(f"You said {answer.lower()}")


def invitation_in(message, address):
    """The event in a mail's calendar part, which must be for its reader alone."""
    part = next(p for p in message.message().walk() if p.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert str(calendar["METHOD"]) == "REQUEST"
    event = next(e for e in calendar.walk("VEVENT"))
    assert {"UID", "SEQUENCE", "ORGANIZER", "DTSTAMP"} <= set(event)
    attendee = event["ATTENDEE"]
    assert not isinstance(attendee, list)
    assert str(attendee).lower() == f"mailto:{address}"
    return event


def are_reminded(people, travel):
    travel(datetime(2027, 1, 4, 10, 1, tzinfo=UTC))  # the day before
    sent = len(outbox.outbox)
    ring()
    reminded = {m.to[0] for m in outbox.outbox[sent:]}
    assert {"amina@example.org", "sam@example.org", "priya@example.org"} <= reminded
    assert "joe@example.org" not in reminded  # who said no is left in peace
    ring()
    assert len(outbox.outbox) == sent + len(reminded)


def talk(people):
    amina, sam = people("amina").sign_in(), people("sam").sign_in()
    amina.open("/").follow("Talk").follow("Start a thread")
    amina.sees("Only the 6 members")
    amina.type("What is it about?", "How do you charge for room hire?")
    amina.type("What do you want to say or ask?", "By the **hour**?").press("Post to")
    sam.open("/").sees("New in Talk", "How do you charge for room hire?")
    sam.follow("How do you charge for room hire?").sees("By the hour?")
    sam.tab.locator("main form textarea").last.fill("By the half day.")
    sam.press("Post to")
    sam.sees("By the half day.")
    amina.open("/").sees("1 new")
    amina.follow("How do you charge for room hire?").sees("By the half day.")
    amina.open("/").misses("1 new")


def records_who_came(dan, travel):
    travel(datetime(2027, 1, 5, 12, 0, tzinfo=UTC))
    ring()
    run(dan).sees("Say who came: Action learning set").follow("Say who came")
    dan.attach("participants file", "participants.csv", ZOOM.encode())
    dan.press("Upload the file")
    dan.sees("Amina Begum", "Someone Else", "90")
    dan.press("Save who was there")
    dan.sees("5 members")
    run(dan).misses("Say who came")


def the_funder_reads_one_page(ruth, amina):
    ruth.open(ruth.link("/funder-seats/")).type("Your email address", ruth.email)
    ruth.press("Send me a code").type_code()
    ruth.type("What should we call you?", "Ruth Marlow").press("Go on")
    ruth.press("Go to the page of Example Trust")
    ruth.open("/").follow("Care Fund").press("Agree")
    ruth.sees("Health and Social Care community of practice")
    ruth.misses("Amina", "room hire", "Sam", "half day")
    amina.open(ruth.tab.url)
    assert amina.status == 404


def the_money_ends(people, travel):
    sent = len(outbox.outbox)
    for day in range(1, 16):
        travel(datetime(2027, 4, day, 10, 0, tzinfo=UTC))
        ring()
    told = [m for m in outbox.outbox[sent:] if m.to == ["amina@example.org"]]
    assert len([m for m in told if "fund" in m.subject.lower()]) == 1
    assert not [m for m in told if "Tuesday" in m.subject], "nobody is reminded of what is not sure"
    amina = people("amina").sign_in()  # the sign-in of January has run out
    amina.open("/").follow("Sessions").sees("Dates that wait for somebody")
    amina.follow("Take it on").press("Take it on")
    sent = len(outbox.outbox)
    ring()
    subjects = {m.subject for m in outbox.outbox[sent:] if m.to == ["sam@example.org"]}
    assert any("Action learning set" in subject for subject in subjects), "all are invited to it"
