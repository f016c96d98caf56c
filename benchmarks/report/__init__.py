"""The figures of a run: medians, tables, plots, files."""
