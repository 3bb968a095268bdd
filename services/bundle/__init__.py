"""One application, many departments, one outcome.

bundle owns the process and all personal data: which items make one thing (一件事), what an
applicant is asked for it, where each filing stands, and what was issued to whom.
  composition/   bundles, answers -> plan: members, one form, one material list, the graph
  applications/  filings and their progress: whom to ask now, when all is settled, and how
  retirements/   the day of an item's retirement: applications under way are asked for less
  inspections/   what checks found afterwards, and what the holder answers to it
  wallet and dossiers hold evidence and results; a desk reads only what its item declares
It hears catalog's items and retirements (and keeps its own copy) and approval's answers; it tells
everybody what was filed, requested, withdrawn and completed.  It never asks another service
anything.
"""
