"""Extensions (延长期限): asked by one person, consented to by another, once."""
