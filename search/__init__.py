"""The filter and order_by language of MLflow, parsed: text → tokens → comparisons checked against a grammar.

It knows words, not tables. What may be asked about an entity is a `Searchable` (`search.grammars` declares
MLflow's five); what a key means in the database lives with the entity. Everything that can be wrong with a
text is one `SearchError`; no text raises anything else or takes more than linear time.

The reference for what is accepted is MLflow's own server (`mlflow.utils.search_utils` and the SQL stores
of 3.17); `tests/search/test_parity.py` asks both the same questions and lists where they differ on purpose.
"""

from search.errors import SearchError
from search.filters import MAX_COMPARISONS, Comparison, parse_filter
from search.grammar import Field, Kind, Searchable, Type, Wording
from search.grammars import EXPERIMENTS, LOGGED_MODELS, MODEL_VERSIONS, REGISTERED_MODELS, RUNS
from search.ordering import MAX_CLAUSES, Order, parse_order_by, parse_order_field
from search.tokens import MAX_LENGTH

__all__ = [
    "EXPERIMENTS",
    "LOGGED_MODELS",
    "MAX_CLAUSES",
    "MAX_COMPARISONS",
    "MAX_LENGTH",
    "MODEL_VERSIONS",
    "REGISTERED_MODELS",
    "RUNS",
    "Comparison",
    "Field",
    "Kind",
    "Order",
    "SearchError",
    "Searchable",
    "Type",
    "Wording",
    "parse_filter",
    "parse_order_by",
    "parse_order_field",
]
