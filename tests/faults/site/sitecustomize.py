"""Read by every Python process that has this folder on PYTHONPATH: it dies at the moment that its variable names."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import dying

del sys.path[0]
dying.arm_from_environment()
