"""Random days of one engine, checked turn by turn by an oracle that has no model."""
