"""`python -m tests.conformance.upgrade`."""

import sys

from .command import main

sys.exit(main())
