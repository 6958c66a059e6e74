"""`python -m kamnb.training OUT` writes the sample engagement into the folder OUT."""

import sys
from pathlib import Path

from kamnb.training.sample import make_sample

make_sample(Path(sys.argv[1]))
