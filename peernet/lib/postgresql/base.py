"""The engine that settings name. Django looks for this file and for this name in it."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Before the first statement of each request Django asks whether the kept connection still
    works. Its own way is a statement more on every page. But a server that went away, or cut the
    connection, has said so: then there is something to read where nothing should be.
    """

    def is_usable(self) -> bool:
        """Whether the connection still works; where that is not plain, the server is asked."""
        connection = self.connection
        if connection is None or connection.closed:
            return False
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN | select.POLLPRI)
        return super().is_usable() if line.poll(0) else True
