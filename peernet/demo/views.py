from csp.decorators import csp_replace
from django.contrib.auth import login, logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from . import mailbox as box
from .queries import parts, person_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SHOWN = 60


def story(request):
    return render(request, "demo/story.html", {"parts": parts()})


@require_POST
def be(request, role):
    person = person_of(role)
    if person is None:
        raise Http404
    logout(request)
    login(request, person, backend=BACKEND)
    return redirect("home")


def mailbox(request):
    to = request.GET.get("to", "").strip()
    context = {"lines": box.newest(SHOWN, to=to), "to": to, "most": SHOWN}
    return render(request, "demo/mailbox.html", context)


def mail(request, key):
    message = _message(key)
    context = {
        "key": key,
        "subject": message["subject"] or "",
        "headers": [(name, message[name] or "") for name in ("From", "To", "Date", "Message-ID")],
        "text": box.part(message, "text/plain"),
        "has_html": bool(box.part(message, "text/html")),
        "calendar": box.part(message, "text/calendar"),
    }
    return render(request, "demo/mail.html", context)


@csp_replace({"style-src": ["'unsafe-inline'"], "script-src": ["'none'"]})
def mail_html(request, key):
    """A mail as its reader's program shows it: mails carry their style inside."""
    return HttpResponse(box.part(_message(key), "text/html"))


def _message(key):
    message = box.read(key)
    if message is None:
        raise Http404
    return message
