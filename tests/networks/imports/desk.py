"""What a coordinator does at her desk with a list of people."""

import re

from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

SHEET = """Our people;;;
;;;
Organisation;Name;E-mail;Role
Hope Ltd;Zoë Ball;zoe@x.org;
The Ark;Bob O’Brien; <BOB@y.org> ;Facilitator
;;dan-is-here@x.org;
Hope;Zoë again;zoe@x.org;
Ark;Cy;cy at z.org;
Ark;Di;;
"""


def send(desk, place, data, name="people.csv", **more):
    """Send a file (bytes) or paste a text; follow to where it leads."""
    file = None if isinstance(data, str) else SimpleUploadedFile(name, data)
    fields = {"file": file} if file else {"people": data}
    return desk.post(reverse("import_new", args=[place.slug]), fields | more, follow=True)


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def words(response):
    return " ".join(page(response).main.get_text(" ").split())


def agree(desk, response):
    """Press the button that invites."""
    form = page(response).find("form", action=re.compile("/apply/$"))
    data = {field["name"]: field["value"] for field in form.find_all("input")}
    return desk.post(form["action"], data, follow=True)


def undo(desk, batch):
    return desk.post(reverse("import_undo", args=[batch.network.slug, batch.pk]), follow=True)


def row(response, number):
    """What the preview says of a row: the name, what is known of it, what becomes of it."""
    (found,) = (
        item
        for item in page(response).select("main .rows > li")
        if re.match(rf"Row {number}( ·|$)", item.p.get_text() if item.p else "")
    )
    return " | ".join(" ".join(text.split()) for text in found.stripped_strings)


def match(desk, response, **changed):
    """Correct the matching that the page shows, and look again."""
    form = page(response).find(id="matching").form
    fields = {
        select["name"]: select.find("option", selected=True)["value"]
        for select in form.find_all("select")
    }
    return desk.post(form["action"], fields | changed, follow=True)


def many(people):
    """A sheet of so many people, of two hundred organisations."""
    return "Name,Email,Organisation\n" + "".join(
        f"Person {n},person{n}@example.org,Organisation {n % 200}\n" for n in range(people)
    )
