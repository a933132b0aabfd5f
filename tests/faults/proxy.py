"""A stretch of network between the web and its database, which we can cut."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, quote, urlsplit


class Proxy:
    """Every connection to `port` goes on to the server behind. `through` is how many there are."""

    def __init__(self, behind: dict[str, str | int]):
        self.behind, self.port, self.cuts = behind, 0, 0
        self.ends: set[asyncio.StreamWriter] = set()
        self.loop = asyncio.new_event_loop()

    @property
    def through(self) -> int:
        return len(self.ends) // 2

    def cut(self) -> int:
        """Cut all there are, at once and without a word; returns how many that were."""

        async def now():
            found, self.ends = self.ends, set()
            for end in found:
                end.transport.abort()
            return len(found) // 2

        cut = asyncio.run_coroutine_threadsafe(now(), self.loop).result(60)
        self.cuts += cut
        return cut

    async def carry(self, reader, writer):
        """One connection, both ways, until either side has enough."""
        try:
            if "path" in self.behind:
                there = await asyncio.open_unix_connection(self.behind["path"])
            else:
                there = await asyncio.open_connection(**self.behind)
        except OSError:  # nobody is behind: the one before us hears it as we do
            writer.transport.abort()
            return
        ends = {writer, there[1]}
        self.ends |= ends
        ways = [self.pour(reader, there[1]), self.pour(there[0], writer)]
        tasks = [asyncio.ensure_future(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.ends -= ends
            for end in ends:
                end.transport.abort()
            await asyncio.gather(*tasks)  # the other way has ended, too, now that both are cut

    async def ended(self):
        """Every connection has come to its end."""
        here = asyncio.current_task()
        await asyncio.gather(*asyncio.all_tasks() - {here}, return_exceptions=True)

    async def pour(self, reader, writer):
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except OSError:
            return


@contextmanager
def before(database: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the database at this address, and the address by which it is reached."""
    url = urlsplit(database)
    host, port = parse_qs(url.query).get("host", [url.hostname])[0], url.port or 5432
    proxy = Proxy(
        {"path": f"{host}/.s.PGSQL.{port}"} if host[0] == "/" else {"host": host, "port": port}
    )
    door = socket.create_server(("127.0.0.1", 0))
    proxy.port = door.getsockname()[1]
    # In a thread of its own from the start: a browser that is driven has a loop in this one.
    thread = threading.Thread(target=proxy.loop.run_forever, daemon=True)
    thread.start()
    listening = asyncio.start_server(proxy.carry, sock=door)
    server = asyncio.run_coroutine_threadsafe(listening, proxy.loop).result(60)
    who = quote(url.username or "postgres") + (f":{quote(url.password)}" if url.password else "")
    try:
        yield proxy, f"postgresql://{who}@127.0.0.1:{proxy.port}{url.path}"
    finally:
        proxy.loop.call_soon_threadsafe(server.close)
        proxy.cut()
        asyncio.run_coroutine_threadsafe(proxy.ended(), proxy.loop).result(60)
        proxy.loop.call_soon_threadsafe(proxy.loop.stop)
        thread.join(10)
        proxy.loop.close()
