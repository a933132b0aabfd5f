"""Times on a page are in the reader's own zone."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def own_zone(get_response):
    """Middleware: show each person their own time, and everybody else the site's."""

    def answer(request):
        zone = request.user.zone if request.user.is_authenticated else settings.DEFAULT_ZONE
        with timezone.override(ZoneInfo(zone)):
            return get_response(request)

    return answer
