"""Models that are known, fetched, checked and kept on this computer."""
