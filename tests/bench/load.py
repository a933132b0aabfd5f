"""A load maker: a few connections that are kept, each asking again as soon as it has its answer.
Nothing like wrk is on a new machine. Its own work costs the server nothing: only the server's and
PostgreSQL's processor time is counted."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cookies: dict[str, str] = field(default_factory=dict)


@dataclass
class Round:
    """What some seconds of asking gave: how long each answer took, in seconds, in order."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def at(self, part: float) -> float:
        """The time, in ms, that so large a part of the answers came within: 0.95 is p95."""
        return 1000 * self.took[min(len(self.took) - 1, int(part * len(self.took)))]

    @property
    def a_second(self) -> float:
        return len(self.took) / self.seconds


class Connection:
    """One kept connection to a server on this machine."""

    def __init__(self, port: int):
        self.port, self.socket, self.rest = port, None, b""

    def ask(self, request: bytes) -> Answer:
        """Send the request, read the whole answer. A server may close what was long unused."""
        if self.socket is not None:
            try:
                return self._ask(request)
            except (ConnectionError, EOFError):
                self.close()
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=300)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._ask(request)

    def _ask(self, request: bytes) -> Answer:
        self.socket.sendall(request)
        found = self._until(lambda data: b"\r\n\r\n" in data)
        head, _end, rest = found.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers, cookies = {}, {}
        for line in lines:
            name, _colon, value = line.partition(": ")
            headers[name.lower()] = value
            if name.lower() == "set-cookie":
                key, _equals, rest_of_it = value.partition("=")
                cookies[key] = rest_of_it.partition(";")[0]
        status = int(first.split(" ", 2)[1])
        length = 0 if status == 304 else int(headers["content-length"])
        self.rest = rest
        body = self._until(lambda data: len(data) >= length)
        self.rest = body[length:]
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers, body[:length], cookies)

    def _until(self, enough: Callable[[bytes], bool]) -> bytes:
        data, self.rest = self.rest, b""
        while not enough(data):
            more = self.socket.recv(262_144)
            if not more:
                raise EOFError("the server closed the connection")
            data += more
        return data

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
        self.socket, self.rest = None, b""


def load(
    port: int, request: Callable[[int], bytes], right: Callable[[Answer], str], *,
    seconds: float, at_least: int = 8, most: int = 0, connections: int = 4,
) -> Round:  # fmt: skip
    """Ask for so long, and at least so often, but not more often than `most`. `request` makes
    the nth request, `right` says what is wrong with its answer ("" when nothing)."""
    done, numbers = Round(), count()
    begin = time.perf_counter()

    def goes_on(number: int) -> bool:
        if most and number >= most:
            return False
        return number < at_least or time.perf_counter() < begin + seconds

    def go() -> None:
        line = Connection(port)
        while goes_on(number := next(numbers)):
            asked = time.perf_counter()
            try:
                why = right(line.ask(request(number)))
            except (OSError, EOFError, KeyError, ValueError) as broken:
                why = f"{type(broken).__name__}: {broken}"
            done.took.append(time.perf_counter() - asked)
            if why:
                done.wrong.append(why)
                break
        line.close()

    threads = [threading.Thread(target=go) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.seconds = time.perf_counter() - begin
    done.took.sort()
    return done
