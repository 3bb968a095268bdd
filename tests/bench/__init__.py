"""How fast the platform is, beside what is possible, and how that changes as its tables grow.

`make bench` runs all of it; docs/measuring.md says what each measures.  The main job is here: a
stack of its own files and decides through the gateway, and the same rows are written into two
databases of the same server directly; both in one run, at 1, 16 and 64 in flight.
Absolute numbers belong to the machine.  The ratio and the CPU time are what to compare.
"""
