"""Requests in the Hugging Face text-classification form: scores, for one or more comments.

``{"inputs": "..." or ["...", ...], "parameters": {"top_k": 1, "taxonomy": "served"}}``, as
``huggingface_hub.InferenceClient.text_classification`` sends it.
"""

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from goemotions.comment import read_comment
from goemotions.rejection import Rejection, invalid_parameter, too_many_comments
from goemotions.settings import Settings
from goemotions.taxonomy import Taxonomy

_KEYS: Final = ("inputs", "parameters")
_PARAMETERS: Final = ("function_to_apply", "taxonomy", "top_k")

_short: Final = reprlib.Repr()
_short.maxlevel = 2


@dataclass(frozen=True, slots=True)
class ScoresRequest:
    """Comments to be scored; each reply lists the ``top_k`` best labels of ``taxonomy``."""

    comments: tuple[str, ...]
    taxonomy: Taxonomy
    top_k: int


@dataclass(frozen=True, slots=True)
class _Parameters:
    taxonomy: Taxonomy
    top_k: int


def read_scores_request(
    document: Mapping[str, object], settings: Settings
) -> ScoresRequest | Rejection:
    """The request in ``document``, which has the key ``inputs``."""
    if unknown := _first_unknown(document, _KEYS):
        return invalid_parameter(f"{unknown} is not a key of this form; {_listed(_KEYS)} are.")
    parameters = _read_parameters(document.get("parameters"))
    if isinstance(parameters, Rejection):
        return parameters
    comments = _read_inputs(document["inputs"], settings)
    if isinstance(comments, Rejection):
        return comments
    return ScoresRequest(comments, parameters.taxonomy, parameters.top_k)


def _read_inputs(inputs: object, settings: Settings) -> tuple[str, ...] | Rejection:
    if isinstance(inputs, str):
        return _read_each([inputs], ["inputs"], settings)
    if not isinstance(inputs, list) or not inputs:
        return invalid_parameter(
            f"inputs must be a comment or a list of 1 to {settings.max_inputs} comments, "
            f"not {_shown(inputs)}."
        )
    if len(inputs) > settings.max_inputs:
        return too_many_comments(len(inputs), settings.max_inputs)
    return _read_each(inputs, [f"inputs[{position}]" for position in range(len(inputs))], settings)


def _read_each(
    values: list[object] | list[str], names: list[str], settings: Settings
) -> tuple[str, ...] | Rejection:
    comments = []
    for value, name in zip(values, names, strict=True):
        comment = read_comment(
            value,
            name=name,
            max_chars=settings.max_chars,
            if_not_text=invalid_parameter(
                f"{name} must be a string that is not blank, not {_shown(value)}."
            ),
        )
        if isinstance(comment, Rejection):
            return comment
        comments.append(comment)
    return tuple(comments)


def _read_parameters(value: object) -> _Parameters | Rejection:
    parameters = {} if value is None else value
    if not isinstance(parameters, dict):
        return invalid_parameter(f"parameters must be an object, not {_shown(value)}.")
    if unknown := _first_unknown(parameters, _PARAMETERS):
        return invalid_parameter(f"{unknown} is not a parameter; {_listed(_PARAMETERS)} are.")
    if parameters.get("function_to_apply") not in (None, "softmax"):
        return invalid_parameter(
            "function_to_apply must be null or softmax, "
            f"not {_shown(parameters['function_to_apply'])}."
        )
    taxonomy = parameters.get("taxonomy", Taxonomy.SERVED)
    if taxonomy not in list(Taxonomy):
        return invalid_parameter(
            f"taxonomy must be one of {_listed(tuple(Taxonomy))}, not {_shown(taxonomy)}."
        )
    return _read_top_k(Taxonomy(taxonomy), parameters.get("top_k", 1))


def _read_top_k(taxonomy: Taxonomy, top_k: object) -> _Parameters | Rejection:
    labels = len(taxonomy.labels)
    if top_k is None:
        return _Parameters(taxonomy, labels)
    if type(top_k) is not int or not 1 <= top_k <= labels:  # True is an int too
        return invalid_parameter(
            f"top_k must be null or a whole number from 1 to {labels}, not {_shown(top_k)}."
        )
    return _Parameters(taxonomy, top_k)


def _first_unknown(mapping: Mapping[str, object], known: tuple[str, ...]) -> str | None:
    return next((_shown(key) for key in mapping if key not in known), None)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)


def _shown(value: object) -> str:
    """``value`` in ASCII and cut short: it comes from the client and may be a megabyte."""
    return _short.repr(value).encode("ascii", "backslashreplace").decode("ascii")
