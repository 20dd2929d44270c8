"""Where the files of an experiment lie, as SQL; `Experiment.artifact_location` says the same."""

from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Cast, Concat

LOCATION = Case(
    When(experiment__location="", then=Concat(Value("mlflow-artifacts:/"), Cast("experiment__iid", TextField()))),
    default=Cast(F("experiment__location"), TextField()),
    output_field=TextField(),
)
