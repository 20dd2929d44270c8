"""The product's settings, as tests want them: a data folder of their own, quick hashes, no pool.

`TEST_DATABASE_URL` names the PostgreSQL server to test on; without it the tests are on SQLite.
"""

import atexit
import os
import shutil
import tempfile

# Before the product's settings read them. Files are named by database ids, so each process needs its own folder.
_folder = tempfile.mkdtemp(prefix="tenon-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["DATA_DIR"] = _folder
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
for _name in ("REDIS_URL", "S3_BUCKET", "EXTERNAL_URL", "ALLOWED_HOSTS", "HOST", "PORT", "DEBUG"):
    os.environ.pop(_name, None)

from mlops.settings import *  # noqa: E402, F403
from mlops.settings import ALLOWED_HOSTS, DATABASES, ON_SQLITE, STORAGES  # noqa: E402

ALLOWED_HOSTS += ["testserver"]
BACKGROUND_THREAD = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True

_database = DATABASES["default"]
if ON_SQLITE:
    # A file, because threads that share a database in memory lock each other out in ways that files do not know.
    _database["TEST"] = {"NAME": f"{_folder}/test.sqlite3"}
    _database["OPTIONS"]["init_command"] += "; PRAGMA synchronous=OFF"
else:
    # A pool's threads would outlive the test database.
    del _database["OPTIONS"]["pool"]
