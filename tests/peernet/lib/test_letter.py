"""How a letter looks: complete as plain text, one light column as HTML."""

from html.parser import HTMLParser

from peernet.lib import mail

LETTER = mail.Letter(
    subject="[Libraries] Tuesday 10am: opening again",
    sender="Dan at Libraries",
    blocks=(
        mail.para("Are you coming on Tuesday 1 December, 10am?"),
        mail.links(("Yes", "https://x.org/a?b=1&c=2"), ("No", "https://x.org/no")),
        mail.facts(
            ("When", "Tuesday 1 December"), ("Where", "Online\nPhone 0800 000"), ("Map", "")
        ),
        mail.heading("What it is about"),
        mail.quote("It's <b>late</b>.\nSo be it."),
    ),
    why="You get this because you are in Libraries.",
    stops=(("Stop these mails", "https://x.org/stop"),),
)


def parts():
    message = mail.compose(LETTER, "ann@example.org", "<1@x.org>")
    return message.body, message.alternatives[0][0]


def test_the_text_part_is_complete_by_itself():
    text, _ = parts()
    assert text.startswith(
        "Are you coming on Tuesday 1 December, 10am?\n\nYes:\nhttps://x.org/a?b=1&c=2\n"
    )
    assert "When: Tuesday 1 December\nWhere: Online\nPhone 0800 000\n" in text
    assert "> It's <b>late</b>.\n> So be it.\n" in text
    assert text.rstrip().endswith(
        "-- \nYou get this because you are in Libraries.\nStop these mails: https://x.org/stop"
    )
    assert "\n\n\n" not in text


def test_the_html_part_says_the_same_and_escapes_what_people_wrote():
    _, html = parts()
    reader = Words()
    reader.feed(html)
    for words in ("Are you coming", "Yes", "Online", "It's <b>late</b>.", "Stop these mails"):
        assert words in reader.text
    assert 'href="https://x.org/a?b=1&amp;c=2"' in html
    assert "<b>late" not in html


def test_the_html_part_fetches_nothing_and_is_light():
    _, html = parts()
    assert len(html.encode()) < 20_000
    for tag in ("<img", "<script", "<link", "@import", "url("):
        assert tag not in html
    assert "prefers-color-scheme: dark" in html


class Words(HTMLParser):
    text = ""

    def handle_data(self, data):
        self.text += data
