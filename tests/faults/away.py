"""What PeerNet stands on is away: the cache, room on the disk, a folder that can be written to, a
row that somebody else holds. Each page says so in a sentence, and nothing is kept by halves."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from networks.discussions.models import Post
from networks.files.models import File
from tests.networks.files.things import PDF

from . import Result, Scenario
from .stage import Stage, stage
from .visitor import Answer as Page
from .visitor import Visitor
from .writers import NUMBER, Cast, halves

NO_ROOM = "there is no room on the server just now"
CLOSED = "We cannot count tries just now"
LARGEST = 96 * 1024  # bytes a file of the web may have, its log among them
UNWRITABLE = "/sys/kernel"  # also for root


class Checks:
    """What was looked at, and what was not as it should be."""

    def __init__(self) -> None:
        self.asked, self.broken = 0, []

    def expect(self, what: str, page: Page, status: int, words: str = "") -> None:
        self.asked += 1
        if page.status != status or words not in " ".join(page.body.split()):
            self.broken.append(f"{what}: {page.status} instead of {status} {words}".strip())

    def same(self, what: str, found: object, expected: object) -> None:
        self.asked += 1
        if found != expected:
            self.broken.append(f"{what}: {found} instead of {expected}")


def away(times: int) -> Result:
    """Each of the faults so many times, before one web."""
    checks = Checks()
    with stage() as here:
        everyone = Cast()
        narrow_web(here, WEB_STATEMENT_SECONDS="4")
        member = here.visitor(everyone.member)
        for _ in range(times):
            for fault in (no_cache, full_disk, no_folder, held_row):
                fault(here, everyone, member, checks)
    return Result(of=checks.asked, broken=tuple(checks.broken))


def narrow_web(here: Stage, **said: str) -> None:
    """The web, none of whose files may grow larger than LARGEST, as by `ulimit -f`."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, before[1]))  # what starts now inherits it
    try:
        here.web(**said)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def no_cache(here: Stage, everyone: Cast, member: Visitor, checks: Checks) -> None:
    """Nobody signs in while nobody counts the tries; who is in reads and writes."""
    nobody = here.visitor()
    here.stop_valkey()
    checks.expect("home without the cache", member.get("/"), 200)
    checks.expect("a thread without the cache", member.get(everyone.thread), 200)
    sheet = everyone.reply()
    checks.expect("a reply without the cache", member.post(sheet.path, **sheet.fields), 302)
    letters = len(here.sink.taken)
    page = nobody.post("/accounts/login/", login=everyone.member.email)
    checks.expect("signing in without the cache", page, 503, CLOSED)
    checks.same("codes sent without the cache", len(here.sink.taken) - letters, 0)
    here.start_valkey()
    page = nobody.post("/accounts/login/", login=everyone.member.email)
    checks.expect("signing in when the cache is back", page, 302)


def full_disk(here: Stage, everyone: Cast, member: Visitor, checks: Checks) -> None:
    refused(here, everyone, member, checks, "a full disk")


def no_folder(here: Stage, everyone: Cast, member: Visitor, checks: Checks) -> None:
    with no_writing(settings.MEDIA_ROOT):
        refused(here, everyone, member, checks, "a folder that may only be read")


def refused(here: Stage, everyone: Cast, member: Visitor, checks: Checks, what: str) -> None:
    """A file is refused with its reply; the words are still in the box, and go without it."""
    before = (Post.objects.count(), File.objects.count(), on_disk())
    sheet = everyone.reply()
    large = SimpleUploadedFile("large.pdf", PDF + b"%" * (3 * LARGEST), "application/pdf")
    page = with_file(member, sheet.path, sheet.fields | {"files": large})
    checks.expect(f"a file for {what}", page, 422, NO_ROOM)
    checks.expect(f"the words beside it, {what}", page, 422, sheet.words)
    after = (Post.objects.count(), File.objects.count(), on_disk())
    checks.same(f"posts, files and what is on the disk after {what}", after, before)
    page = member.post(sheet.path, **sheet.fields)
    checks.expect(f"the words without the file, {what}", page, 302)


def held_row(here: Stage, everyone: Cast, member: Visitor, checks: Checks) -> None:
    """Somebody holds the thread and does not let go: the page gives up and says so."""
    sheet = everyone.reply()
    with psycopg2.connect(here.database) as side, side.cursor() as cursor:
        cursor.execute("SELECT 1 FROM networks_thread FOR UPDATE")
        page = member.post(sheet.path, **sheet.fields)
        checks.expect("a reply to a thread that is held", page, 503)
        checks.same("a number on that page", bool(NUMBER.search(page.body)), True)
    side.close()
    checks.expect("the same when it is free", member.post(sheet.path, **sheet.fields), 302)
    checks.same("rows of it", Post.objects.filter(text=sheet.words).count(), 1)
    checks.same("halves", list(halves()), [])


def with_file(visitor: Visitor, path: str, fields: dict) -> Page:
    """Send a form that has a file in it."""
    fields["csrfmiddlewaretoken"] = visitor.cookies["csrftoken"]
    return visitor._ask("POST", path, encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT)


def on_disk() -> list[str]:
    """Every file among the uploads."""
    return sorted(str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


@contextmanager
def no_writing(media: Path) -> Iterator[None]:
    """In place of the uploads, a folder into which not even root can write."""
    aside = media.with_name("aside")
    media.mkdir(exist_ok=True)
    media.rename(aside)
    media.symlink_to(UNWRITABLE)
    try:
        yield
    finally:
        media.unlink()
        aside.rename(media)


SCENARIOS = [Scenario("cache, disk, folder and a row away", away, quick=1, full=5)]
