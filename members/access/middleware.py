"""Which browser somebody uses, to the day."""

from members.people.rules import DEVICE
from peernet.lib import clock

from .actions import seen


def remember_device(get_response):
    """Middleware: write down once a day, and when the session gets another key, that a signed-in
    browser was used. Nothing else of a page that is only looked at is written."""

    def answer(request):
        if request.user.is_authenticated:
            now = [request.session.session_key, clock.now().date().isoformat()]
            pk, *before = request.session.get(DEVICE) or [None]
            if before != now:
                agent = request.headers.get("User-Agent", "")
                pk = seen(request.user, request.session.session_key, agent, pk)
                request.session[DEVICE] = [pk, *now]
        return get_response(request)

    return answer
