"""Reports: notebooks executed as jobs and printed from what they showed."""
