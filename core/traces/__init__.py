"""The traces of runs (`*.ndjson`): what each model was called for, and what it cost, without the texts of the runs."""
