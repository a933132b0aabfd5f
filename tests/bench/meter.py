"""What processes cost, as the system counts it: so a busy machine makes a page slow, not dear."""

from contextlib import suppress

import psutil

from peernet.embedded.processes import family


def cpu(process: psutil.Process) -> float:
    """Seconds of processor time that the process and all below it have used since they began,
    also those below it that have ended."""
    used = 0.0
    for member in family(process):
        with suppress(psutil.NoSuchProcess):
            times = member.cpu_times()
            used += times.user + times.system
            if member == process:
                used += times.children_user + times.children_system
    return used


def memory(process: psutil.Process) -> float:
    """Megabytes of the process and all below it."""
    used = 0.0
    for member in family(process):
        with suppress(psutil.NoSuchProcess):
            used += own_memory(member)
    return used


def own_memory(process: psutil.Process) -> float:
    """Megabytes of one process; what several share is counted once, in shares."""
    return process.memory_full_info().pss / 1_000_000
