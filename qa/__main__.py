"""`python -m qa` is the quoth command."""

import sys

from qa.cli import main

sys.exit(main())
