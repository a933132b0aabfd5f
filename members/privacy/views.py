import logging

from allauth.core import ratelimit
from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from redis.exceptions import RedisError

from peernet.lib import pages

from .actions import own_data

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.signed_in
def data(request):
    status = 200
    if request.method == "POST":
        if _not_too_often(request):
            try:
                return _packed(own_data(by=request.user))
            except OSError as broken:
                logger.error("own data could not be packed: %s", type(broken).__name__)
                messages.error(request, _("There is no room on the server to pack it just now."))
                return redirect("own_data")
        status = 429
        messages.warning(request, _("You have had it a few times just now. Try again in an hour."))
    return render(request, "members/privacy/data.html", status=status)


def _packed(content):
    answer = FileResponse(content, as_attachment=True, filename="peernet-my-data.zip")
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Encoding"] = "identity"  # packed already: not once more, on the way
    return answer


def _not_too_often(request):
    """Counted in the memory that all processes share; without it, the answer is no."""
    try:
        return ratelimit.consume(request, action="own_data", user=request.user)
    except RedisError as broken:
        logger.error("own data is not given, the cache is away: %s", type(broken).__name__)
        return False
