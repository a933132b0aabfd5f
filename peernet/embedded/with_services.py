"""Run one command with scratch services: python -m peernet.embedded.with_services manage.py …"""

import subprocess
import sys

from peernet.embedded.processes import CannotStart
from peernet.embedded.pytest_services import scratch


def main() -> int:
    try:
        with scratch():
            return subprocess.call([sys.executable, *sys.argv[1:]])
    except CannotStart as sentence:
        print(sentence, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
