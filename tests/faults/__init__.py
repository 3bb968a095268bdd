"""Kills processes of a whole stack at random and checks that every promise was kept.

    make faults                     20 kills; KILLS, SEED, RATE, PACE and AIM change the run
    python -m tests.faults --mutant no-inbox-row      breaks a copy and expects violations there

Read `run.py` first: start, load, kill, settle, look, check, report.  Applicants and desks keep a
history of everything they asked for (called, then ok, failed or unknown); what the databases,
the streams and the partners' journals hold afterwards is compared with it, by rules that are
written down here a second time and share no code with the services.
"""
