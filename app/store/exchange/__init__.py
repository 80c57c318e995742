"""Conversations out of the store as files, and files into the store."""
