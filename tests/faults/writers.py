"""People who write without pause, and the ledger of what the web told them it had kept."""

import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db.models import Count, F, Max

from members.audit.models import AuditEntry
from members.causes.actions import spread
from members.notices.actions import tell_of
from members.notices.models import Notice
from networks.discussions.models import Follow, Post, Thread
from sessions.meetings.models import Answer, Reply, SessionMessage
from tests import cast

from . import Result
from .stage import Stage
from .visitor import Answer as Page

PAUSE = 0.05  # seconds, before the same form is sent again
NUMBER = re.compile(r"give this number: [0-9a-f]{8}")


@dataclass
class Ledger:
    """What was sent and what was answered. `kept`: the words of forms that the web said it kept."""

    tried: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)
    broken: set[str] = field(default_factory=set)

    def write_down(self, words: str, page: Page) -> bool:
        """Whether the web has said that it is kept."""
        self.tried.add(words)
        self.answers[page.status] += 1
        if page.status == 302 and "/accounts/" not in page.location:
            self.kept.add(words)
            return True
        if complaint := unclear(page):
            self.broken.add(complaint)
        return False

    def counted(self, late: float | None = None) -> Result:
        """The ledger beside the database."""
        rows = Counter(Post.objects.values_list("text", flat=True))
        rows += Counter(SessionMessage.objects.values_list("text", flat=True))
        copies = Counter({words: rows[words] for words in self.tried})
        return Result(
            of=len(self.kept),
            lost=sum(not copies[words] for words in self.kept),
            doubled=sum(max(count - 1, 0) for count in copies.values()),
            late=late,
            broken=(*sorted(self.broken), *halves()),
        )


def unclear(page: Page) -> str:
    """Why an answer is not one that a person can do something with; "" when it is."""
    if page.status == 0 or page.status == 302:
        return "" if page.status == 0 else "somebody who was signed in was sent to sign in"
    if page.status != 503:
        return f"a form was answered with {page.status}"
    return "" if NUMBER.search(page.body) else "a page that failed without a number"


def halves() -> Iterator[str]:
    """What only an action that stopped in the middle can have left behind."""
    posts = Count("posts"), Max("posts__pk")
    threads = Thread.objects.annotate(there=posts[0], last=posts[1])
    if wrong := threads.filter(there=0).count():
        yield f"{wrong} threads without a post"
    if wrong := threads.exclude(there=0).exclude(there=F("posts_count"), last=F("last_post_id")):
        yield f"{len(wrong)} threads that count other posts than they have"
    while spread(tell_of):
        pass  # what was announced and not written down yet; the tick may not have come
    replies = Post.objects.filter(thread__follows__on=True).exclude(once=None)
    for kind, rows in (("post", replies), ("session_message", SessionMessage.objects.all())):
        told = set(Notice.objects.filter(kind=kind).values_list("about_id", flat=True))
        if silent := set(rows.values_list("pk", flat=True)) - told:
            yield f"{len(silent)} of {kind} of which nobody is told"
    written = AuditEntry.objects.filter(deed="session.written").count()
    if written != SessionMessage.objects.count():
        yield "the trail has not what was written"


@dataclass
class Form:
    """One form as a browser holds it: its own key, sent again as it is until it is kept."""

    path: str
    words: str
    fields: dict[str, str]


class Cast:
    """A network in which there is something to write, and the forms to do so."""

    def __init__(self) -> None:
        self.place = cast.network(slug="care")
        self.member = cast.member(self.place, "Amina Begum")
        self.coordinator = cast.coordinator(self.place)
        self.meeting = meeting = cast.session(self.place)
        Answer.objects.create(session=meeting, person=self.member, reply=Reply.YES)
        self.first = thread = cast.thread(self.place, self.member)[0]
        for person in (self.member, self.coordinator):
            Follow.objects.create(network=self.place, thread=thread, person=person, on=True)
        self.thread, self.talk = f"/n/care/talk/{thread.pk}/", "/n/care/talk/new/"
        self.message = f"/n/care/sessions/{meeting.pk}/message/"
        self.room = str(self.place.rooms.get().pk)

    def reply(self) -> Form:
        return self._form(self.thread)

    def start(self) -> Form:
        return self._form(self.talk, title="Keys", room=self.room)

    def write(self) -> Form:
        return self._form(self.message, whom=Reply.YES)

    def _form(self, path: str, **fields: str) -> Form:
        words = f"word {uuid.uuid4().hex}"
        return Form(path, words, {"text": words, "once": str(uuid.uuid4()), **fields})


@contextmanager
def writing(here: Stage, forms: list[tuple[object, Callable[[], Form]]]) -> Iterator[Ledger]:
    """Each (person, form) writes in a thread of its own, all the while."""
    ledger, stop = Ledger(), threading.Event()

    def write(visitor, form):
        while not stop.is_set():
            sheet = form()
            while not ledger.write_down(sheet.words, visitor.post(sheet.path, **sheet.fields)):
                if stop.wait(PAUSE):
                    return

    threads = [
        threading.Thread(target=write, args=(here.visitor(person), form), daemon=True)
        for person, form in forms
    ]
    for one in threads:
        one.start()
    try:
        yield ledger
    finally:
        stop.set()
        for one in threads:
            one.join(90)


def first_good(get: Callable[[], Page], seconds: float = 90) -> float:
    """How long it takes until a page is good; `seconds` when it does not become so."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if get().status == 200:
            break
        time.sleep(0.02)
    return time.monotonic() - began
