"""What is public, written down by itself: REST and events, neither typed twice."""
