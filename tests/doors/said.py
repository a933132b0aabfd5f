"""What every answer tells the browser beside its content, and what is wrong with one that does
not: reliability-security.md 5, dependencies.md ("CSP")."""

import re
from collections.abc import Iterable, Iterator

from tests.doors.answers import Answer

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "form-action 'self'", "manifest-src 'self'",
    "base-uri 'none'", "frame-ancestors 'none'",
}  # fmt: skip
# Of a file that somebody added nothing runs; the style is the browser's own, round a picture.
OF_A_FILE = {
    "default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'none'", "sandbox",
}  # fmt: skip
FILES = {"file", "file_small"}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # addresses in mails hold tokens
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
UNUSED = {"camera", "microphone", "geolocation", "payment", "usb"}
# Nothing of anybody: the same for the whole world, and as good from a cache.
OF_NOBODY = {"home", "help", "privacy", "accessibility", "robots", "security_text", "source"}
# What a calendar program fetches by its token, and asks for again each time whether it is new.
CALENDARS, CAREFUL = {"calendar_feed", "session_calendar_by_mail"}, "private, no-cache"

MASKED = re.compile(
    r'name="(?:csrfmiddlewaretoken|once|key|box)" value="[^"]*"'
    r'|X-CSRFToken[^}]*|[?&;][^"]*evil[^"]*'
)


def wrong(answer: Answer) -> Iterator[str]:
    """What the answer says wrongly or not at all, in words."""
    page, got = answer.page, answer.got
    told = f"{answer.asked} as {answer.role}: {got.status_code}"
    if got.status_code >= 500 and not (page.name == "healthz" and got.status_code == 503):
        yield f"{told} is a fault"
    is_file = page.name in FILES and got.streaming
    policy = got.headers.get("Content-Security-Policy", "")
    if set(policy.split("; ")) != (OF_A_FILE if is_file else POLICY):
        yield f"{told} has the policy {policy!r}"
    for name, value in ALWAYS.items():
        if got.headers.get(name) != value:
            yield f"{told} has {name} {got.headers.get(name)!r}"
    closed = {one.strip() for one in got.headers.get("Permissions-Policy", "").split(",")}
    if not {f"{name}=()" for name in UNUSED} <= closed:
        yield f"{told} lets pages ask for {UNUSED}"
    kept = got.headers.get("Cache-Control", "")
    may_be_kept = not answer.signed_in and page.name in OF_NOBODY
    asked_again = not answer.signed_in and page.name in CALENDARS and kept == CAREFUL
    if "no-store" not in kept and not (may_be_kept or asked_again):
        yield f"{told} may be kept: {kept!r}"
    if not stays(got):
        yield f"{told} leads to another site"
    yield from (
        f"{told} sets {one.key} carelessly" for one in got.cookies.values() if careless(one)
    )


def careless(cookie) -> bool:
    """Whether a cookie can be read by scripts, or goes where it need not; not one taken away."""
    strict = cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"]
    return not strict and cookie["max-age"] != 0


def stays(got) -> bool:
    """Whether whoever follows this answer is still with us."""
    leads = [got.headers.get(name, "") for name in ("Location", "HX-Redirect", "Refresh")]
    return all(not one or re.match(r"/(?![/\\])", one) for one in leads)


def mistaken(found: Iterable[Answer]) -> Iterator[str]:
    """Where a part could be taken for its page: by a cache that is not told that they differ, or
    by htmx, which shows again what it fetches for its history."""
    by_role: dict[str, dict[str, Answer]] = {}
    for answer in found:
        by_role.setdefault(answer.role, {})[answer.asked] = answer
    for role, asked in by_role.items():
        whole, part = asked["get Referer"].got, asked.get("get HX-Request")
        if part is None or "html" not in whole.headers.get("Content-Type", ""):
            continue
        told = [one.headers.get("Vary", "") for one in (whole, part.got)]
        if plain(whole) != plain(part.got) and not all("HX-Request" in one for one in told):
            yield f"as {role} a part differs, and Vary says {told}"
        back = asked["get HX-Request+HX-History-Restore-Request"].got
        if whole.status_code == 200 and "<html" not in plain(back):
            yield f"as {role} htmx's history gets a part"


def plain(got) -> str:
    """The page without what is made anew for each answer."""
    return MASKED.sub("", got.content.decode())
