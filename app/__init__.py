"""Tanka's window: Qt, and nothing of any model runtime."""
