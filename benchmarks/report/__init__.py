"""The figures of a run: record, tables, plots, files."""
