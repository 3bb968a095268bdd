"""Corrections (补正): one notice with all gaps, in time, and the applicant's answer to it."""
