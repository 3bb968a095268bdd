"""The legal clock: which days count, how they use up a budget, and the ledger of pauses."""
