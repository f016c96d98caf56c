"""The programs that the peers run as: each a whole small server over the same weights."""
