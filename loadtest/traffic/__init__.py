"""The users: what they send, when, and whether each reply is right."""
