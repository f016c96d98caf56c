"""The quality report that ``make evaluate`` writes: hit rates, calibration, mistakes, plots."""
