"""Who is reading; and pages in the reader's own words and times."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject


class Reader(AuthenticationMiddleware):
    """Django's own, which need not ask for the person that came with the session's statement
    (networks/membership/floor.py). What writes asks again: it must know of the latest."""

    def process_request(self, request):
        super().process_request(request)
        if request.method in ("GET", "HEAD"):
            request.user = SimpleLazyObject(lambda: _came_along(request) or get_user(request))


def _came_along(request):
    """Who came with the session, if it is exactly who the signed session says; else None, and
    Django finds out who it is, or that it is nobody."""
    held = request.session.get(SESSION_KEY)  # reads the session
    person = getattr(request.session, "reader", None)
    if person is None or held != str(person.pk) or not person.is_active:
        return None
    if request.session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    proof = request.session.get(HASH_SESSION_KEY, "")
    return person if constant_time_compare(proof, person.get_session_auth_hash()) else None


def own_zone(get_response):
    """Middleware: show each person their own time and language, and everybody else the site's
    time and what their browser asks for."""

    def answer(request):
        person = request.user
        if not person.is_authenticated:
            with timezone.override(ZoneInfo(settings.DEFAULT_ZONE)):
                return get_response(request)
        with timezone.override(ZoneInfo(person.zone)), translation.override(person.language):
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
            return response

    return answer
