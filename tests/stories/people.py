"""Somebody at a browser, as the stories need them."""

import re

from django.core import mail as outbox
from django.core.management import call_command
from playwright.sync_api import TimeoutError, expect


class Reader:
    """A browser of one person's own: what they see, type, press and get by mail."""

    def __init__(self, browser, live, email, **options):
        self.live, self.email = live, email
        self.context = browser.new_context(viewport={"width": 390, "height": 800}, **options)
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(6_000)

    def open(self, path):
        answer = self.tab.goto(path if path.startswith("http") else self.live.url + path)
        self.status = answer.status
        return self

    def fill(self, **fields):
        """Fill in fields by their labels; underscores stand for spaces."""
        for label, value in fields.items():
            self.type(label.replace("_", " "), value)
        return self

    def type(self, label, value):
        try:
            self.tab.get_by_label(label, exact=False).first.fill(value)
        except TimeoutError as missing:
            names = self.tab.locator("label").all_inner_texts()
            raise AssertionError(f"no field {label!r}, but {names}, on:\n{self.page}") from missing
        return self

    def attach(self, label, name, content):
        file = {"name": name, "mimeType": "text/csv", "buffer": content}
        try:
            self.tab.get_by_label(label, exact=False).first.set_input_files(file)
        except TimeoutError as missing:
            raise AssertionError(f"no file field {label!r} on:\n{self.page}") from missing
        return self

    def choose(self, label, option):
        self.tab.get_by_label(label, exact=False).first.select_option(label=option)
        return self

    def tick(self, label):
        self.tab.get_by_label(label, exact=False).first.check()
        return self

    def press(self, name):
        return self._click("button", name)

    def follow(self, name):
        return self._click("link", name)

    def _click(self, role, name):
        found = self.tab.get_by_role(role, name=name).first
        try:
            found.click()
        except TimeoutError as missing:
            names = self.tab.get_by_role(role).all_inner_texts()
            raise AssertionError(f"no {role} {name!r}, but {names}, on:\n{self.page}") from missing
        self.tab.wait_for_load_state()
        return self

    @property
    def page(self):
        """The words on the page."""
        return " ".join(self.tab.locator("body").inner_text().split())

    def sees(self, *sentences):
        for sentence in sentences:  # waits a little: htmx may still be swapping
            expect(self.tab.locator("body")).to_contain_text(sentence, use_inner_text=True)
        return self

    def misses(self, *sentences):
        for sentence in sentences:
            assert sentence not in self.page, f"{sentence!r} is on the page"
        return self

    def sign_in(self):
        """With the code from the mail, typed in."""
        self.open("/accounts/login/").type("Your email address", self.email)
        self.press("Send me a code")
        return self.type_code()

    def type_code(self):
        code = re.search(r"\b[A-Z0-9]{3}-?[A-Z0-9]{3}\b|\b\d{6}\b", self.last_mail().body)[0]
        return self.type("The code from the mail", code).press("Go on")

    def last_mail(self, about=""):
        """The newest mail to this person whose subject contains `about`."""
        mine = [m for m in outbox.outbox if m.to == [self.email] and about in m.subject]
        subjects = [m.subject for m in outbox.outbox]
        assert mine, f"no mail about {about!r} to {self.email}, but {subjects}"
        return mine[-1]

    def link(self, path, about=""):
        """The first address in the newest mail that leads to a page of ours."""
        found = re.search(rf"http://localhost({path}\S*)", self.last_mail(about).body)
        assert found, self.last_mail(about).body
        return found[1]


def ring():
    """Every job of the beat, once."""
    call_command("sweep")
