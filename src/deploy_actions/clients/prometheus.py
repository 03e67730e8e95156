"""Prometheus' HTTP API: instant queries, and texts in them that match nothing but themselves.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/ and …/querying/basics/.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from deploy_actions.clients.rest import decoded, escaped
from deploy_actions.core.address_types import Url
from deploy_actions.core.ports import Http, HttpRequest
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed

_SERVICE, _READING = "Prometheus", "reading its answer"
_HARMLESS = "PromQL info: "
"""What begins a remark on the query; every other warning can mean that a part of the answer is missing."""


class Sample(msgspec.Struct, frozen=True):
    """A series of an answer: its labels, with the metric's name as `__name__`, and its value, which can be NaN."""

    labels: Mapping[str, str]
    value: float


class PrometheusClient(msgspec.Struct, frozen=True):
    """A server of Prometheus, or one that answers like it. `token` is a bearer token, where it asks for one."""

    url: Url
    http: Http
    token: Secret | None = None

    def samples(self, query: str) -> tuple[Sample, ...]:
        """The samples of an instant query; a scalar is one without labels.

        Raises ServiceError; Malformed too for an answer that warns, since a part may be missing.
        """
        url = f"{self.url}/api/v1/query?query={escaped(query)}"
        request = HttpRequest(url=url) if self.token is None else HttpRequest.bearer(url, self.token)
        answer = decoded(self.http.send(request).body, _Answer, _SERVICE)
        if answer.is_partial or any(not warning.startswith(_HARMLESS) for warning in answer.warnings):
            raise Malformed(_SERVICE, _READING, "it warns that a part may be missing")
        data = answer.data
        if isinstance(data, _Scalar):
            return (Sample({}, _number(data.result)),)
        return tuple(Sample(series.metric, _number(series.value)) for series in data.result)


def listener_says(prometheus: PrometheusClient, query: str) -> bool:
    """Whether the query that an operator wrote says that a listener is up: samples, and each of them 1 or more.

    No sample and NaN mean that it is not. Raises ServiceError; Malformed for what is infinite, as a division by 0 is.
    """
    samples = prometheus.samples(query)
    if any(sample.value == math.inf for sample in samples):
        raise Malformed(_SERVICE, _READING, "a value of the query for the listener is infinite")
    return bool(samples) and all(sample.value >= 1 for sample in samples)


def one_of(texts: Sequence[str]) -> str:
    """The right side of a matcher `label=~…` that matches each of the texts and nothing else.

    `re.escape` sets a backslash before ASCII punctuation and white space only, which RE2 takes too; a JSON string is
    also a string of PromQL, whose escapes are those of Go.
    """
    return msgspec.json.encode("|".join(map(re.escape, texts))).decode()


def finite(sample: Sample) -> float:
    """The sample's value. Raises Malformed for NaN and for what is infinite."""
    if math.isfinite(sample.value):
        return sample.value
    raise Malformed(_SERVICE, _READING, f"a value of {sample.labels.get('__name__', 'a series')} is no number")


def _number(value: tuple[float, str]) -> float:
    try:
        return float(value[1])
    except ValueError:
        raise Malformed(_SERVICE, _READING, "a value is no number") from None


class _Series(msgspec.Struct):
    metric: dict[str, str]
    value: tuple[float, str]


class _Vector(msgspec.Struct, tag_field="resultType", tag="vector"):
    result: list[_Series]


class _Scalar(msgspec.Struct, tag_field="resultType", tag="scalar"):
    result: tuple[float, str]


class _Answer(msgspec.Struct):
    """`is_partial` is VictoriaMetrics' word where a part is missing (its documentation, "Cluster availability")."""

    status: Literal["success"]
    data: _Vector | _Scalar
    warnings: list[str] = []
    is_partial: bool = msgspec.field(name="isPartial", default=False)
