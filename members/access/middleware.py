"""Which browser somebody uses, to the day."""

from members.people.rules import DEVICE
from peernet.lib import clock

from .actions import seen


def begin_device(sender, request, user, **_more):
    """Write down a sign-in, whatever the way in. Its session gets its key now, if it has none."""
    if not request.session.session_key:
        request.session.save()
    _remember(request, user, None)


def remember_device(get_response):
    """Middleware: write down that a browser was used on another day, and that its session got
    another key. On the day of the sign-in, a page that is looked at writes nothing."""

    def answer(request):
        if request.user.is_authenticated:
            pk, *before = request.session.get(DEVICE) or [None]
            if before != _now(request):
                _remember(request, request.user, pk)
        return get_response(request)

    return answer


def _now(request):
    return [request.session.session_key, clock.now().date().isoformat()]


def _remember(request, person, pk):
    agent = request.headers.get("User-Agent", "")
    pk = seen(person, request.session.session_key, agent, pk)
    request.session[DEVICE] = [pk, *_now(request)]
