"""What other systems' codes mean in our words: data, one record for each source system."""
