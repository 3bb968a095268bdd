"""What came of rights that were handed down: by item, point and right, told to catalog."""
