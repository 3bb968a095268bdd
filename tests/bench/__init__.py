"""How fast the main job is, beside what the same durable rows cost without any platform.

`make bench` starts a stack of its own, files and decides through the gateway, and writes the same
rows into two databases of the same server directly; both in one run, at 1, 16 and 64 in flight.
`python -m tests.bench.composition` times composing, `python -m tests.bench.catalogue` importing and
searching, each beside a floor of its own; `make bench` runs all three.
Absolute numbers belong to the machine.  The ratio and the CPU time are what to compare.
"""
