"""Corrections (补正): what applicants put right when asked, and what stood there before."""
