"""The mail server says nothing while people wait for their sign-in codes: the pages of everybody
else answer, and each who waited is told."""

import socket
from concurrent.futures import ThreadPoolExecutor

from members.people.models import Person
from tests import cast

from . import Result, Scenario
from .stage import stage

AT_ONCE, VISITS = 12, 20
BUSY, NOT_SENT = "Many codes are on their way", "We could not send the code"


def silent(times: int) -> Result:
    """So many people ask while the server takes connections and never greets."""
    with stage() as here, socket.create_server(("127.0.0.1", 0)) as server:
        place = cast.network("Community Libraries")
        cast.coordinator(place)
        here.web(EMAIL_PORT=str(server.getsockname()[1]), EMAIL_CODE_SECONDS="900")
        reader = here.visitor(Person.objects.get())
        wrong = []
        with ThreadPoolExecutor(times) as crowd:
            asked = [crowd.submit(ask, here.visitor(), number) for number in range(times)]
            here.wait("those who are told at once", lambda: any(one.done() for one in asked))
            seen = [reader.get(f"/n/{place.slug}/").status for _visit in range(VISITS)]
            wrong += [f"a page answered {status}" for status in seen if status != 200]
            waiting = sum(not one.done() for one in asked)
            server.close()
            answers = [one.result() for one in asked]
        if not waiting:
            wrong.append("nobody waited for the mail server: nothing was proved")
        wrong += [f"{status}: {body[:200]}" for status, body in answers if not told(status, body)]
        return Result(of=times, broken=tuple(wrong), seen=f"{waiting} of {times} waited")


def ask(visitor, number: int) -> tuple[int, str]:
    came = visitor.post("/accounts/login/", login=f"somebody{number}@example.org")
    return came.status, came.body


def told(status: int, body: str) -> bool:
    return status == 503 and (BUSY in body or NOT_SENT in body)


SCENARIOS = [
    Scenario("SMTP silent while people ask for codes", silent, quick=AT_ONCE, full=60),
]
