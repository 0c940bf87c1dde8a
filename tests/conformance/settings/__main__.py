"""`python -m tests.conformance.settings`."""

import sys

from .command import main

sys.exit(main())
