"""A finished run: its requests by time, its log lines, and its verdict."""
