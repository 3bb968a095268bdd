"""Parties: who applies, who holds results, who acts for whom; and the sealing of personal data."""
