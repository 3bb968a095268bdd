"""CPU time of every process of a stack, by part; the load client apart."""

import os
from collections import Counter
from contextlib import suppress

import psutil

from deploy.local.state import StackState

CLIENT = "load client"


class Cpu:
    """Seconds of user and system time since each part began.

    A part's child that has ended is in its parent's own count of children once it was reaped, so a
    part's sum never falls.  Replicas of a service are added up.
    """

    def __init__(self, stack: StackState, only: tuple[str, ...] = ()) -> None:
        self.roots = [(one.kind, one.pid) for one in stack.parts if not only or one.kind in only]
        self.roots.append((CLIENT, os.getpid()))

    def read(self) -> Counter[str]:
        spent: Counter[str] = Counter()
        for kind, pid in self.roots:
            root = psutil.Process(pid)
            spent[kind] += _spent(root, reaped=kind != CLIENT)
            # The client's children are the stack itself.
            for child in root.children(recursive=True) if kind != CLIENT else ():
                with suppress(psutil.NoSuchProcess):
                    spent[kind] += _spent(child, reaped=True)
        return spent

    def since(self, before: Counter[str]) -> dict[str, float]:
        now = self.read()
        return {kind: now[kind] - before[kind] for kind in now}


def _spent(process: psutil.Process, reaped: bool) -> float:
    times = process.cpu_times()
    own = times.user + times.system
    return float(own + times.children_user + times.children_system if reaped else own)
