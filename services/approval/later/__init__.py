"""Later filings of a result (延续, 变更, 补证): what they build on, and silence that renews."""
