"""Measurements of the product on public data; every number in the docs comes from here.

One thread per process: numbers of several jobs on one machine stay comparable, and a runner
uses as many cores as ``--jobs`` says. This must happen before numpy is loaded.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
