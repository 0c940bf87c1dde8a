"""Programs and tests that measure. Figures are ratios to a floor measured in the same run."""
