"""What loads a contender, and the comments that it is loaded with."""
