"""What is seen: widgets, their looks, and the view of a conversation."""
