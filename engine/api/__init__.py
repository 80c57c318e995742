"""The engine's values: messages, requests, events, errors. Standard library only."""
