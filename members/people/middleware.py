"""Pages are in the reader's own words and times."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation


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
