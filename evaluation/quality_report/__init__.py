"""What ``make evaluate`` writes: how good a model is, where it errs, and when to trust it."""
