"""A real TorchServe for the tests of this folder, started the way `make serve` does it."""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest

from archive.inputs import REPOSITORY
from service.instance import Instance
from tests.e2e.operation import environment, run_snippet, start, stopped_at_the_end
from tests.e2e.probe import Probe


@pytest.fixture(scope="session")
def service_env(archive, free_ports, tmp_path_factory):
    """The environment that names the running service to every command."""
    with stopped_at_the_end(
        environment(free_ports(5), tmp_path_factory.mktemp("service") / "logs")
    ) as env:
        start(env, archive)
        yield env


@pytest.fixture(scope="session")
def service(service_env):
    """The running service, which all tests share; each leaves it as it found it."""
    return Instance.from_env(service_env)


@pytest.fixture
def probe(service):
    """Asks the service, and reads its prediction log."""
    return Probe(service)


@pytest.fixture
def own_env(free_ports, tmp_path):
    """The environment of an instance that the test starts itself; it is stopped in any case."""
    with stopped_at_the_end(environment(free_ports(5), tmp_path / "logs")) as env:
        yield env


@pytest.fixture(scope="session")
def snippets():
    """The Python code blocks of docs/api.md about gRPC: the making of stubs, and their use."""
    document = (REPOSITORY / "docs" / "api.md").read_text()
    section = document.split("\n## gRPC\n")[1].split("\n## ")[0]
    return re.findall(r"```python\n(.*?)```", section, re.DOTALL)


@pytest.fixture(scope="session")
def stubs(snippets, tmp_path_factory):
    """The modules of the stubs, made by the document's first code block, and their folder."""
    folder = tmp_path_factory.mktemp("grpc")
    run_snippet(snippets[0], folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder / "stubs")
        yield SimpleNamespace(
            folder=folder,
            messages=import_module("proto.inference_pb2"),
            services=import_module("proto.inference_pb2_grpc"),
        )
