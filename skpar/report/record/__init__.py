"""Records: a report as data that can be stored, and checked later.

`to_json` writes a report as JSON, with what `FitRecord` says about the fit. `verify`
reads it back and returns a `Verification`. The schema of records is
``record-1.schema.json`` in this folder. `plain` turns values, schemas, rules and links
into plain data and back, so that reading a record executes nothing.
"""

from ._findings import Finding, Verification
from ._fit_record import FitRecord
from ._verification import verify
from ._writing import to_json

__all__ = ["Finding", "FitRecord", "Verification", "to_json", "verify"]
