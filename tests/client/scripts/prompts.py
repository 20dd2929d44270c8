"""Prompts, which MLflow keeps as registered models: they and models are not mixed in lists."""

import mlflow
from mlflow import MlflowClient

if int(mlflow.__version__.split(".")[0]) < 3 or not hasattr(mlflow, "genai"):
    raise SystemExit(0)

client = MlflowClient()
first = mlflow.genai.register_prompt("greet", "Hello {{name}}", commit_message="first", tags={"lang": "en"})
second = mlflow.genai.register_prompt("greet", "Hi {{name}}", commit_message="second")
assert (first.version, second.version) == (1, 2)
assert mlflow.genai.load_prompt("greet", version=1).format(name="Ann") == "Hello Ann"
mlflow.genai.set_prompt_alias("greet", alias="live", version=2)
assert mlflow.genai.load_prompt("prompts:/greet@live").template == "Hi {{name}}"
assert mlflow.genai.load_prompt("prompts:/greet/1").tags["lang"] == "en"
assert mlflow.genai.load_prompt("prompts:/greet@latest").version == 2
client.set_prompt_tag("greet", "team", "a")
assert client.get_prompt("greet").tags["team"] == "a"
# That client has these two calls, and breaks off before it sends anything.
whole = not mlflow.__version__.startswith("3.1.")
if whole:
    client.set_prompt_version_tag("greet", "1", "k", "v")
    assert client.get_prompt_version("greet", "1").tags["k"] == "v"

client.create_registered_model("model")
assert [one.name for one in client.search_registered_models()] == ["model"]
assert [one.name for one in mlflow.genai.search_prompts()] == ["greet"]
assert client.search_model_versions() == []
assert not whole or len(client.search_prompt_versions("greet")) == 2

mlflow.genai.delete_prompt_alias("greet", alias="live")
client.delete_prompt_version("greet", "1")
client.delete_prompt_version("greet", "2")
client.delete_prompt("greet")
assert list(mlflow.genai.search_prompts()) == []
