"""`python -m tests.access`: rows to paste into `matrix.md` for what the URL lists offer and it has no row for."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.access import propose  # noqa: E402

sys.stdout.write(propose.proposal(propose.missing()) or "matrix.md has a row for every line of the URL lists.\n")
sys.stdout.writelines(f"No longer offered: {row}\n" for row in propose.stale())
