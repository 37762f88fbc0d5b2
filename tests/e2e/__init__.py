"""The suite and the lab, joined by the wire only."""
