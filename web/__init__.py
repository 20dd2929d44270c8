"""The pages: what a browser sees of projects, experiments and runs. Server-rendered; JavaScript only adds to it."""
