"""A run's results: the files, the pictures, the lines on the terminal."""
