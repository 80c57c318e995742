"""`tanka eval`: put held-out items to a loaded model, count right answers, compare runs."""
