"""Lists of experiments, runs and logged models by MLflow's filter language: what its keys mean in our tables."""
