"""How time is counted: days, lengths, reckoning, explaining, the ledger.  Plain values, no I/O."""
