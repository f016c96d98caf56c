"""What all commands share: how they end, and where their results go."""
