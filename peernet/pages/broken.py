"""What is shown when a page fails: a sentence, and a number by which its line in the log is found.

Nothing here may need what can be broken: no database, no cache, no file.
"""

import errno
import secrets
import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from redis.exceptions import RedisError

AWAY = (OperationalError, InterfaceError, RedisError)  # no fault of ours, and it passes
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
RETRY = "30"  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while something we stand on is away, 500 for a fault of ours."""
    away = passes(sys.exc_info()[1])
    page = "503.html" if away else "500.html"
    html = render_to_string(page, {"number": number(request)})
    answer = HttpResponse(html, status=503 if away else 500)
    if away:
        answer.headers["Retry-After"] = RETRY
    return answer


def passes(fault: BaseException | None) -> bool:
    """Whether it may well work again soon: the database, the cache or the disk is the matter."""
    if isinstance(fault, OSError) and fault.errno in NO_ROOM:
        return True
    # psycopg2 knows no better word for a connection that is lost while it reads the answer.
    return isinstance(fault, AWAY) or type(fault) is DatabaseError


def number(request: HttpRequest) -> str:
    """The request's number: the same on the page and in every line of the log about it."""
    if not hasattr(request, "fault"):
        request.fault = secrets.token_hex(4)  # type: ignore[attr-defined]
    return str(request.fault)  # type: ignore[attr-defined]
