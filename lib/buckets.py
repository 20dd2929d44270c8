"""Places in buckets, as `s3://bucket/folder`."""

import re

# A bucket as S3 names them, and folders of plain words: nothing that somebody could understand as anything else.
PLACE = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*", re.ASCII)
