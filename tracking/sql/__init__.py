"""The hot paths in SQL, each statement with a word on its plan; everything else is the ORM."""
