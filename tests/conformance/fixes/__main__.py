"""`python -m tests.conformance.fixes`."""

import sys

from .command import main

sys.exit(main())
