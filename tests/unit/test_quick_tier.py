"""The folders whose tests all belong to the quick tier: what they import is quick, too."""

import subprocess
import sys

import pytest

from archive.inputs import REPOSITORY

IMPORT_ALL = """
import importlib, sys
for module in sys.argv[1:]:
    importlib.import_module(module)
print(sorted({"torch", "transformers", "onnxruntime.quantization"} & sys.modules.keys()))
"""


@pytest.mark.parametrize("folder", ["unit", "service"])
def test_no_test_of_the_folder_imports_torch(folder):
    files = [*(REPOSITORY / "tests" / folder).glob("*.py"), *(REPOSITORY / "tests").glob("*.py")]
    modules = [".".join(file.relative_to(REPOSITORY).with_suffix("").parts) for file in files]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *modules],
        cwd=REPOSITORY,
        env={"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'handler'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr
