"""Zoom's participants files in the layouts of features-sessions.md 3.4, as bytes."""

Z1 = (
    b"Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,"
    b"Recording Consent\r\n"
    b"Fay Okoro,fay@work.example,11/03/2026 09:55:00 AM,11/03/2026 11:30:00 AM,95,No,Y\r\n"
    b"Ann Lee,ann@work.example,11/03/2026 10:00:10 AM,11/03/2026 10:40:10 AM,40,No,Y\r\n"
    b"Ann Lee,ann@work.example,11/03/2026 10:30:10 AM,11/03/2026 11:00:10 AM,30,No,Y\r\n"
    b"AB (Bo Adeyemi),,11/03/2026 10:01:00 AM,11/03/2026 11:01:00 AM,60,Yes,Y\r\n"
    b"Somebody's iPad,,11/03/2026 10:05:00 AM,11/03/2026 10:25:00 AM,20,Yes,\r\n"
)

MEETING = (
    "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,\r\n"
    '812 3456 7890,"Action learning, set 1",11/03/2026 09:55:00 AM,11/03/2026 11:30:00 AM,'
    "host@work.example,95,4,\r\n"
)

Z2 = b"\xef\xbb\xbf" + MEETING.encode() + b",,,,,,\r\n" + Z1.replace(b"Consent", b"Consent,")

Z3 = (
    b"Name (Original Name),User Email,Total Duration (Minutes),Guest\n"
    b"Fay Okoro,fay@work.example,95,No\n"
    b"Ann Lee,,60,Yes\n"
    b"AB (Bo Adeyemi),,61,Yes\n"
    b"Somebody's iPad,,20,Yes\n"
)

Z4 = (
    Z1.replace(b"Original Name", b"original name")
    .replace(b"Join Time", b"Join time")
    .replace(b"Leave Time", b"Leave time")
    .replace(b"Minutes", b"minutes")
    .replace(b"Recording Consent", b"Recording disclaimer response,In waiting room")
)
