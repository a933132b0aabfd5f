"""What the processes say: one JSON object a line, without personal data.

The words of an exception are left out: PostgreSQL's name the address that is there twice, a mail
server's the recipient. So are paths, which may end in a token: the page's name stands for them.
What is left finds the fault: its type, and the lines of code that led to it.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

FRAMES = 12
PACKAGES = "site-packages"  # a place in there is told only when it raised the exception itself
PRIVATE = ("exc", "traceback", "args", "kwargs", "return_value")  # what Celery tells of a task


class Line(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON, in one line."""
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "from": record.name,
            "says": _words(record),
        }
        if (request := getattr(record, "request", None)) is not None:
            said |= {"method": getattr(request, "method", None), "page": _page(request)}
            if fault := getattr(request, "fault", None):
                said["number"] = fault  # the one on the page that its reader saw
        if record.exc_info and record.exc_info[1]:
            said |= _fault(record.exc_info[1])
        return json.dumps(said, ensure_ascii=False, default=lambda other: type(other).__name__)


def _words(record: logging.LogRecord) -> str:
    if hasattr(record, "request") and isinstance(record.args, tuple) and record.args:
        # Django's: "Forbidden (%s): %s", of which the last is the path.
        return str(record.msg) % (*record.args[:-1], _page(record.request))
    if isinstance(record.args, dict) and record.name.startswith("celery"):
        kept = {**record.args, **dict.fromkeys(PRIVATE, "")}
        return (str(record.msg) % kept).strip()
    return record.getMessage()


def _page(request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    return (match and match.view_name) or "unknown"


def _fault(fault: BaseException) -> dict[str, Any]:
    """Each exception's type, the first cause last, and where the last one was raised."""
    types: list[str] = []
    one: BaseException | None = fault
    while one is not None and len(types) < FRAMES:
        types.append(type(one).__name__)
        one = one.__cause__ or one.__context__
    every = traceback.extract_tb(fault.__traceback__)
    frames = [frame for frame in every[:-1] if PACKAGES not in frame.filename] + every[-1:]
    return {
        "fault": types,
        "where": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-FRAMES:]],
    }
