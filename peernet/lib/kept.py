"""A few rendered parts of pages in this process' memory, for those that many readers see alike.

A key must hold everything that the part is made of; nothing is ever thrown out for being old.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Kept:
    """Keeps the parts that were asked for last, at most `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()  # a process has several threads

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """The part of this key; made now when it is not there."""
        with self._lock:
            if key in self._parts:
                self._parts.move_to_end(key)
                return self._parts[key]
        made = make()
        with self._lock:
            self._parts[key] = made
            while len(self._parts) > self._most:
                self._parts.popitem(last=False)
        return made
