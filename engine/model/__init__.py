"""Checkpoint folders, the families they belong to, and the model as it runs."""
