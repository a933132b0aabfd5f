"""kill -9 of a web process while it answers a form; the browser then sends the same form again."""

import random
import threading
import time
import uuid
from itertools import cycle

from django.db import connection

from networks.discussions.models import Post
from sessions.meetings.models import SessionMessage

from . import Result, Scenario
from .stage import Stage, stage
from .visitor import Answer as Page
from .visitor import Visitor
from .writers import Cast, Form, Ledger

TRIES = 20  # for each kill that is to meet a form on its way


def killed(times: int, *, kept_first: bool = False, key: bool = True) -> Result:
    """Kill until so many forms got no answer, each at a random moment of its way.

    `kept_first`: as soon as the row is there, before the answer. `key`: whether the form that is
    sent again has the key it had; a form without one is what this is to find.
    """
    with stage() as here:
        everyone, ledger = Cast(), Ledger()
        here.web()
        member, coordinator = (
            here.visitor(person) for person in (everyone.member, everyone.coordinator)
        )
        forms = cycle(
            [(member, everyone.reply), (coordinator, everyone.write), (member, everyone.start)]
        )
        met, usual = 0, 0.1
        for _ in range(times * TRIES):
            visitor, form = next(forms)
            sheet = form()
            page = interrupted(here, visitor, sheet, None if kept_first else usual)
            met += page.status == 0 and (not kept_first or there(sheet.words))
            if not ledger.write_down(sheet.words, page):
                usual = again(here, visitor, sheet, ledger, key=key)
            if met == times:
                break
        else:
            ledger.broken.add(f"only {met} kills met a form on its way")
        return ledger.counted()


def interrupted(here: Stage, visitor: Visitor, sheet: Form, within: float | None) -> Page:
    """Send the form and kill the processes that could have it; the answer, if one came."""
    answers: list[Page] = []
    sender = threading.Thread(
        target=lambda: answers.append(visitor.post(sheet.path, **sheet.fields)), daemon=True
    )
    sender.start()
    if within is None:
        while sender.is_alive() and not there(sheet.words):
            time.sleep(0.001)
    else:
        time.sleep(random.uniform(0, within))
    for child in here.process("web").children():
        here.kill("web", only=child)
    sender.join(90)
    return answers[0]


def again(here: Stage, visitor: Visitor, sheet: Form, ledger: Ledger, *, key: bool) -> float:
    """Send the same form until it is kept, as a person does; how long the last one took."""
    if there(sheet.words) > 1:
        ledger.broken.add("one form made two rows before it was sent again")
    if not key:
        sheet.fields["once"] = str(uuid.uuid4())
    pages: list[Page] = []

    def kept() -> bool:
        pages.append(visitor.post(sheet.path, **sheet.fields))
        return ledger.write_down(sheet.words, pages[-1])

    here.wait("the form to be kept", kept)
    return pages[-1].seconds


def there(words: str) -> int:
    """How many rows the form has made."""
    with connection.cursor() as cursor:
        tables = [model._meta.db_table for model in (Post, SessionMessage)]
        counts = " + ".join(f"(SELECT count(*) FROM {name} WHERE text = %s)" for name in tables)
        cursor.execute(f"SELECT {counts}", [words] * len(tables))
        return int(cursor.fetchone()[0])


SCENARIOS = [Scenario("web process killed with -9 in a POST", killed, quick=5, full=50)]
