"""How large a database is, and where in it the measured things stand: pure arithmetic, the same
for each run. Whoever looks and what they look at has the same size in all of them."""

from dataclasses import dataclass

BLOCK, THREADS = 1000, 40  # posts, and the threads that they make: 15 of 50 posts, 25 of 10
LONG = 15
TALKED_IN = 14  # of the long ones: the last is kept for the reply
NEW = range(30, 38)  # threads in which something is new for the reader
READER, COORDINATOR = 1, 2  # ids of people; both in the first network
SESSIONS = 200  # of the first network within a year; every third day
PROGRAMME = 13  # networks with a grant: the first ones


@dataclass(frozen=True)
class Size:
    posts: int
    members: int

    @property
    def networks(self) -> int:
        return max(PROGRAMME, min(100, self.members // 1000))

    @property
    def talking(self) -> int:
        """In how many networks there is talk: in the smallest place only in the first."""
        return self.networks if self.posts >= BLOCK * self.networks else 1

    @property
    def funder(self) -> int:
        """The id of the funder's person, after all members."""
        return self.members + 1

    @property
    def first_thread(self) -> int:
        """The id before those of the first network's newest forty threads."""
        return (self.posts // BLOCK - self.talking) * THREADS

    @property
    def long_threads(self) -> list[int]:
        """Threads of fifty posts that the reader has read."""
        return [self.first_thread + 1 + number for number in range(TALKED_IN)]

    @property
    def followed(self) -> int:
        """The thread that a thousand people follow, or all that there are."""
        return self.first_thread + LONG

    @property
    def session(self) -> int:
        """A session of the next days that thirty people have answered."""
        return SESSIONS // 2 + 3


SMALL, LARGE = Size(1_000, 100), Size(1_000_000, 100_000)
