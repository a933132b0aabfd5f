"""What every answer tells the browser beside its content, and what is wrong with one that does
not: reliability-security.md 5, dependencies.md ("CSP")."""

from collections.abc import Iterator

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


def wrong(answer: Answer) -> Iterator[str]:
    """What the answer says wrongly or not at all, in words."""
    page, got = answer.page, answer.got
    told = f"{answer.asked}: {got.status_code}"
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
    for cookie in got.cookies.values():
        taken_away = cookie["max-age"] == 0
        if taken_away:
            continue
        if not cookie["httponly"] or cookie["samesite"] != "Lax" or cookie["domain"]:
            yield f"{told} sets {cookie.key} carelessly"
