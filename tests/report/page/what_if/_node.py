"""JavaScript of the page, run by node."""

import json
import shutil
import subprocess
from importlib.resources import files

import pytest

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")
MODELS = {"skparDensity": "density.js", "skparDecision": "decision.js"}
SCRIPT = """
const { cases, calls } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const answers = cases.map(({ payload, rows }) => {
  const model = create(payload);
  return calls.map((call) => rows.map((row) => model[call](row)));
});
console.log(JSON.stringify(answers));
"""


def run(name, cases, calls):
    """Call methods of a model.

    Of each case, a payload and rows, the answers are in one list per method.
    """
    folder = files("skpar.report.page.what_if")
    source = "\n".join(
        folder.joinpath(one).read_text(encoding="utf-8")
        for one in ("cells.js", MODELS[name])
    )
    given = [{"payload": payload, "rows": rows} for payload, rows in cases]
    done = subprocess.run(
        [NODE, "-e", f"{source}\nconst create = {name};\n{SCRIPT}"],
        input=json.dumps({"cases": given, "calls": calls}, allow_nan=False),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)
