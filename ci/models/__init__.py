from ci.models.job import Job

__all__ = ["Job"]
