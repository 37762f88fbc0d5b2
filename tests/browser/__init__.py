"""The report in real Chromium, as a reader opens it: from disk, without a network."""
