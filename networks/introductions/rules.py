"""How long an introduction waits and is shown, and how many one may have open. Pure."""

from datetime import timedelta

WAITS_FOR = timedelta(weeks=2)  # then it is forgotten, and nobody learns who did not answer
SHOWN_FOR = timedelta(weeks=4)  # both addresses, since both said yes
MOST_WAITING = 20  # of one introducer in one network
LONGEST_WHY = 400
MOST_NAMES = 6  # to choose from, when a name is not clear
SHOWN = 50  # of each list: what is waiting is short
