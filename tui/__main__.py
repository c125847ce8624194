"""`python -m tui` is `quoth chat`: the same arguments, the same exit codes."""

import sys

from qa.cli import main

sys.argv.insert(1, "chat")
sys.exit(main())
