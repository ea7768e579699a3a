"""Lets a script that is run by its path, as ``python scripts/train_models.py`` is, find the rest of the project.

Python looks for modules beside such a script, and below the working folder for one run as
``python -m scripts.train_models``. A script whose ``__package__`` is empty is run by its path: it imports this module
first, once, and from then on both ways find the same modules.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])
